#include "apply/topics_delete.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "health/readers.hpp"
#include "health/status.hpp"
#include "transfer/transfer.hpp"

namespace ctl {
namespace {

/// What a Connect worker keeps in Kafka: its REST interface does not tell the names, the packages' defaults end so.
bool is_of_connect(std::string_view topic) {
  constexpr std::array<std::string_view, 3> names{"connect-configs", "connect-offsets", "connect-status"};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return topic.ends_with(name); });
}

/// The groups that read the topic now: they have committed to it and have members, or nobody can tell that they have none.
std::vector<std::string> readers(const std::string& topic, const health::TopicSights& sights) {
  std::vector<std::string> names;
  for (const auto& group : sights.members)
    if (!group.empty() && health::reads(group, *sights.groups, topic)) names.push_back(group.name);
  return names;
}

/// Why a migration needs the topic now; "" if it does not.
std::string needed(Sources& from, const std::string& topic, const Deadline& until) {
  if (from.around.project.topic(topic) == nullptr) return "";
  const auto journey = attempt([&] { return health::journey(from, until); });
  if (!journey) return "nobody can tell whether a migration needs it: " + std::string{journey.error().what()};
  if (journey->state != "none" && journey->state != "done") return "a migration is " + journey->state;
  for (const auto& hold : from.journal().holds(until))
    if (hold.topic == topic) return "a migration holds it open until finalize: it has the only copy of the history";
  return "";
}

void judge(Step& step, Sources& from, const health::TopicSights& sights, std::chrono::milliseconds recent, const Deadline& until) {
  const auto& name = step.resource.name;
  if (sights.states.at(name)->internal || name.starts_with("__")) return step.block("Kafka itself keeps its state in it", "leave it alone");
  if (name == transfer::checkpoint_topic) return step.block("it says how far each table is copied", "leave it alone");
  if (is_of_connect(name)) return step.block("a Connect worker keeps its state in it", "leave it alone");
  if (auto why = needed(from, name, until); !why.empty()) return step.block(std::move(why), "mykartctl status");
  if (!sights.groups)
    return step.block("its groups are not known: " + std::string{sights.groups.error().what()}, "mykartctl topics status " + name);
  if (const auto reading = readers(name, sights); !reading.empty())
    return step.block("group " + join(reading, ", ") + " reads it", "stop its members");
  const auto& last = sights.last_event.at(name);
  if (!last)
    return step.block("the time of its last event is not known: " + std::string{last.error().what()}, "mykartctl topics status " + name);
  if (*last && now() - **last < recent)
    return step.block(
        fmt::format("its last event is {} old, less than guard_recent={}", format_took(now() - **last), format_duration(recent)),
        "stop who writes to it, and wait");
}

}  // namespace

TopicRemovals topic_removals(Sources& from, const std::vector<std::string>& names, std::chrono::milliseconds recent,
                             const Deadline& until) {
  TopicRemovals removals{.sights = health::look_at_topics(from, names, {}, until)};
  for (const auto& name : names) {
    const auto& state = removals.sights.states.at(name);
    if (!state && state.error().code() == Code::not_found) {
      const auto near = nearest(name, from.kafka.topics(until));
      throw Error{Code::not_found,
                  {.what = "there is no topic " + name, .hint = near ? "did you mean " + *near + "?" : "mykartctl topics list"}};
    }
    if (!state) throw Error{state.error()};
    Step step{.resource = {Kind::topic, name},
              .phase = "topics",
              .action = Action::remove,
              .summary = "with all its records",
              .risk = Risk::destructive,
              .undo = Undo::none,
              .why = "its records are nowhere else"};
    judge(step, from, removals.sights, recent, until);
    removals.steps.push_back(std::move(step));
  }
  return removals;
}

Report report(const TopicRemovals& removals, const Project& project) {
  Report report{.kind = "topics_delete"};
  Table table{.head = {"TOPIC", "RECORDS≤", "BYTES", "LAST-EVENT", "GROUPS", "VERDICT"}, .right = {1, 2, 4}};
  Value topics{Value::List{}};
  for (const auto& step : removals.steps) {
    const auto& name = step.resource.name;
    const auto& sights = removals.sights;
    const auto status = health::judge_topics(project, {&name, 1}, sights).front();
    const auto& last = sights.last_event.at(name);
    const bool blocked = step.action == Action::blocked;
    const auto time = last && *last ? format_instant(**last) : std::string{};
    table.rows.push_back({{name},
                          {status.span ? format_count(static_cast<std::uint64_t>(*status.span)) : "?"},
                          {"-"},
                          {time.empty() ? "-" : time},
                          {sights.groups ? fmt::format("{}", status.lag.size()) : "?"},
                          {blocked ? "refused: " + step.why : "deletes", blocked ? Style::bad : Style::warn}});
    Value one;
    one.set("name", name)
        .set("offset_span", status.span ? Value{*status.span} : Value{})
        .set("last_event_at", time.empty() ? Value{} : Value{time});
    one.set("groups", sights.groups ? Value{status.lag.size()} : Value{}).set("refused", blocked ? Value{step.why} : Value{});
    topics.push(std::move(one));
    report.names.push_back(name);
  }
  report.data.set("topics", std::move(topics));
  report.blocks.emplace_back(std::move(table));
  return report;
}

void delete_topics(Sources& from, const TopicRemovals& removals, const Plan& plan, const Deadline& until) {
  WritingRun run{from.around, "topics delete", "", plan, until};
  const auto record = run.recorder(until);
  kafka::Admin admin{from.kafka};
  for (const auto& step : removals.steps) {
    Value before;
    record.started(step, before.set("partitions", removals.sights.states.at(step.resource.name)->partitions.size()));
    try {
      admin.remove(step.resource.name, until);
    } catch (const Error& e) {
      record.finished(step, false, e.what());
      run.end("failed", e.what());
      throw;
    }
    record.finished(step, true, {});
  }
  run.end("done", "");
}

}  // namespace ctl
