#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apply/work.hpp"
#include "core/text.hpp"

namespace ctl {
namespace {

std::string steps_of(const WorkResult& result) {
  auto text = counted(result.applied, "step");
  return result.run == 0 ? text : fmt::format("run {}, {}", result.run, text);
}

std::string_view word(Outcome::End end) {
  constexpr std::string_view words[] = {"done", "waiting", "blocked"};
  return words[static_cast<std::size_t>(end)];
}

/// --until names a phase before the last one that does something.
bool stops_early(const std::string& command, const std::string& until) {
  return !until.empty() && until != "verify" && until != (command == "deploy" ? "retire" : "topics");
}

}  // namespace

Report waiting(const Surroundings& around, const std::string& command, const WorkResult& result) {
  Report report{};
  if (command == "deploy") {
    report.line(fmt::format("switch it now:   restart it with KAFKA_BROKERS={}", around.kafka.brokers), Style::plain, 1);
    report.line("then run again:  mykartctl deploy            undo:  mykartctl rollback", Style::plain, 1);
  } else if (command == "rollback") {
    report.line("switch it back now:   restart it without KAFKA_BROKERS", Style::plain, 1);
    report.line("then run again:       mykartctl rollback", Style::plain, 1);
  }
  return report.line("waiting for the application: " + result.reason, Style::warn), report;
}

Report report(const Surroundings&, const std::string& command, const Plan& confirmed, const WorkResult& result) {
  Report report{.kind = "plan", .data = to_value(confirmed)};
  std::set<std::string> done;
  for (const auto& step : result.did) done.insert(to_string(step.resource));
  Value steps{Value::List{}}, remaining{Value::List{}};
  for (const auto& step : confirmed.steps) {
    if (step.action == Action::wait) continue;
    const auto id = to_string(step.resource);
    auto one = to_value(step);
    steps.push(one.set("result", done.contains(id) ? "done" : "skipped"));
    if (!done.contains(id) && result.end != Outcome::End::done) remaining.push(id);
  }
  const bool journey = command == "deploy" || command == "rollback";
  const bool half_way = journey && stops_early(command, confirmed.until);
  const bool again = result.end != Outcome::End::done || half_way;
  const std::string next = again ? "mykartctl " + command : journey ? "mykartctl verify" : "";
  report.data.set("steps", std::move(steps))
      .set("run", result.run == 0 ? Value{} : Value{result.run})
      .set("result", word(result.end))
      .set("reason", result.reason.empty() ? Value{} : Value{result.reason});
  report.data.set("took_ms", result.took.count()).set("remaining", std::move(remaining)).set("next", next.empty() ? Value{} : Value{next});

  if (!result.evidence.empty()) report.line("fence      " + result.evidence);
  switch (result.end) {
    case Outcome::End::waiting:
      report.line(fmt::format("stopped at a safe point ({}): it waits for the application", steps_of(result)), Style::warn);
      break;
    case Outcome::End::blocked: report.line("blocked: " + result.reason, Style::bad); break;
    case Outcome::End::done: {
      if (half_way) {
        const auto* rows = command == "rollback" ? ": the tables are back as far as that, and events may still have to be replayed" : "";
        report.line(
            fmt::format("reached {} in {} ({}){}. Next: {}", confirmed.until, format_took(result.took), steps_of(result), rows, next),
            Style::good);
        break;
      }
      const auto what = command == "deploy" ? "deployed" : command == "rollback" ? "rolled back" : "done";
      auto line = fmt::format("{} in {} ({})", what, format_took(result.took), steps_of(result));
      if (command == "deploy") line += ". Check: mykartctl verify   Undo: mykartctl rollback";
      if (command == "rollback") line += ". Check: mykartctl verify";
      report.line(line, Style::good);
    }
  }
  return report;
}

}  // namespace ctl
