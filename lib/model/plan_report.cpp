#include <fmt/format.h>

#include <chrono>
#include <map>

#include "core/text.hpp"
#include "model/step.hpp"

namespace ctl {
namespace {

struct Counts {
  std::map<Action, std::size_t> by_action{};
  std::size_t disruptive{}, destructive{}, lossy{}, doing{};
  std::uint64_t rows{}, bytes{};
};

Counts count(const Plan& plan) {
  Counts counts;
  for (const auto& step : plan.steps) {
    ++counts.by_action[step.action];
    if (step.action == Action::wait || step.action == Action::blocked) continue;
    ++counts.doing;
    counts.disruptive += step.risk == Risk::disruptive ? 1 : 0;
    counts.destructive += step.risk == Risk::destructive ? 1 : 0;
    counts.lossy += step.undo == Undo::lossy ? 1 : 0;
    counts.rows += step.rows;
    counts.bytes += step.bytes;
  }
  return counts;
}

Style style_of(const Step& step) {
  if (step.action == Action::blocked || step.risk == Risk::destructive) return Style::bad;
  if (step.action == Action::wait || step.risk == Risk::disruptive) return Style::warn;
  return Style::plain;
}

Value affected(const Plan& plan) {
  Value groups{Value::List{}}, value;
  for (const auto& step : plan.steps)
    for (const auto& [group, topic] : step.readers) {
      Value one;
      groups.push(std::move(one.set("group", group).set("topic", topic).set("old_events", step.rows)));
    }
  return value.set("groups", std::move(groups));
}

}  // namespace

Value to_value(const Plan& plan) {
  Value steps{Value::List{}}, gates{Value::List{}};
  for (const auto& step : plan.steps) {
    if (step.action != Action::wait) {
      steps.push(to_value(step));
      continue;
    }
    Value gate;
    gate.set("before", step.resource.name)
        .set("waits_for", "writers_gone")
        .set("satisfied", false)
        .set("why", step.why)
        .set("evidence", Value::List{});
    gates.push(std::move(gate));
  }
  auto counts = count(plan);
  Value summary;
  for (const auto action : {Action::create, Action::update, Action::adopt, Action::run, Action::remove, Action::blocked})
    summary.set(std::string{to_string(action)}, counts.by_action[action]);
  summary.set("disruptive", counts.disruptive).set("destructive", counts.destructive).set("lossy", counts.lossy);
  Value estimate, value;
  estimate.set("rows", counts.rows).set("bytes", counts.bytes).set("duration_ms", move_time(counts.rows).count());
  value.set("target", plan.target).set("until", plan.until.empty() ? Value{} : Value{plan.until});
  value.set("inputs_digest", plan.inputs_digest.empty() ? "" : "sha256:" + plan.inputs_digest)
      .set("fingerprint", "sha256:" + plan.fingerprint());
  value.set("summary", std::move(summary))
      .set("estimate", std::move(estimate))
      .set("steps", std::move(steps))
      .set("gates", std::move(gates));
  return value.set("affected", affected(plan));
}

Report report(const Plan& plan) {
  Report report{.kind = "plan", .data = to_value(plan)};
  const auto counts = count(plan);
  if (plan.steps.empty()) return report.line("nothing to do", Style::good), report;

  Table table{.head = {"#", "PHASE", "ACTION", "RESOURCE", "CHANGE", "RISK", "UNDO"}, .right = {0}};
  std::size_t number = 0;
  const auto flush = [&] {
    if (!table.rows.empty()) report.blocks.emplace_back(table);
    table.rows.clear();
  };
  for (const auto& step : plan.steps) {
    const auto style = style_of(step);
    if (step.action == Action::wait) {
      table.rows.push_back({{"⏸", style}, {step.phase, style}, {"gate", style}, {step.resource.name, style}, {step.why, style}, {}, {}});
      continue;
    }
    table.rows.push_back({{fmt::format("{}", ++number)},
                          {step.phase},
                          {std::string{to_string(step.action)}, style},
                          {to_string(step.resource)},
                          {step.summary},
                          {std::string{to_string(step.risk)}, style},
                          {std::string{to_string(step.undo)}}});
    report.names.push_back(to_string(step.resource));
  }
  flush();
  for (const auto& step : plan.steps)
    if (step.action == Action::blocked) {
      report.line(fmt::format("{} is blocked: {}", to_string(step.resource), step.why), Style::bad);
      if (!step.remedy.empty()) report.line("try: " + step.remedy, Style::plain, 1);
    } else if (step.risk == Risk::destructive) {
      report.line(fmt::format("{} is destructive: {}", to_string(step.resource), step.why), Style::bad);
    }
  for (const auto& step : plan.steps)
    for (const auto& [group, topic] : step.readers)
      report.line(fmt::format("group {} reads {}: ~{} old events come to it", group, topic, format_count(step.rows)), Style::warn);
  auto total = fmt::format("{}{}, {} disruptive, {} destructive", plan.context.empty() ? "" : "context " + plan.context + ". ",
                           counted(counts.doing, "step"), counts.disruptive, counts.destructive);
  if (counts.rows > 0) total += fmt::format(", ~{} rows", format_count(counts.rows));
  if (move_time(counts.rows) >= std::chrono::seconds{1}) total += " in about " + format_took(move_time(counts.rows));
  return report.line(total + "."), report;
}

}  // namespace ctl
