#include "health/status_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "health/checks.hpp"
#include "health/writers.hpp"
#include "plan/plan.hpp"
#include "postgres/catalog.hpp"

namespace ctl::health {
namespace {

struct Seen {
  std::string address{}, version{}, identity{}, pin{};
};

void say_server(Answer& answer, Value& servers, std::string_view kind, const std::string& address, const Known<Seen>& seen,
                std::chrono::milliseconds took) {
  Value one;
  one.set("kind", kind).set("address", address).set("reachable", seen.has_value()).set("version", seen ? Value{seen->version} : Value{});
  one.set("identity", seen ? Value{seen->identity} : Value{});
  const bool differs = seen && !seen->pin.empty() && seen->pin != seen->identity;
  one.set("pinned", !seen || seen->pin.empty() ? "unpinned"
                    : differs                  ? "differs"
                                               : "match")
      .set("latency_ms", seen ? Value{took.count()} : Value{});
  servers.push(std::move(one));
  if (!seen) {
    answer.unknown("servers[" + std::string{kind} + "]", seen.error());
    answer.problem("unreachable", std::string{kind}, one_line(seen.error()), seen.error().text().hint, true);
  } else if (differs) {
    answer.problem("identity", std::string{kind}, "is " + seen->identity + ", but " + seen->pin + " is pinned",
                   "mykartctl config show --origin", true);
  }
}

}  // namespace

void say_servers(Answer& answer, Sources& from, const Deadline& until) {
  Value servers{Value::List{}};
  const auto timed = [&](std::string_view kind, const std::string& address, auto&& look) {
    const auto began = std::chrono::steady_clock::now();
    const Known<Seen> seen = attempt(look);
    say_server(answer, servers, kind, address, seen,
               std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began));
  };
  timed("postgres", from.session() ? "" : from.around.database.origin, [&] {
    const auto s = postgres::server(from.database(), until);
    return Seen{s.address, s.version, s.system_identifier, from.around.pinned_system_id};
  });
  timed("kafka", from.around.kafka.brokers, [&] {
    const auto brokers = from.kafka.brokers(until);
    return Seen{from.around.kafka.brokers, counted(brokers.size(), "broker"), from.kafka.id(until), from.around.pinned_cluster_id};
  });
  timed("connect", from.around.connect.base, [&] {
    const auto info = from.worker.root(until);
    return Seen{from.around.connect.base, info.version, info.kafka_cluster_id, ""};
  });
  answer.report.data.set("servers", std::move(servers));
}

void say_application(Answer& answer, Sources& from, const Deadline& until) {
  Value application;
  const auto found = attempt([&] { return last_application_events(from.around, from.database(), from.kafka, until); });
  std::optional<Millis> last;
  if (found)
    for (const auto& [topic, time] : *found) last = std::max(last.value_or(time), time);
  if (!found) answer.unknown("application.writes_topics", found.error());
  application.set("writes_tables", Value{})
      .set("writes_topics", found ? Value{!found->empty()} : Value{})
      .set("last_insert_at", Value{})
      .set("last_event_at", last ? Value{format_instant(*last)} : Value{});
  answer.report.data.set("application", std::move(application));
  if (found)
    answer.report.line(!last ? "application: no event of its own in the topics yet"
                             : fmt::format("application: last event {} ago, its events are in {} of {} topics",
                                           format_took(std::max<std::chrono::milliseconds>(now() - *last, std::chrono::milliseconds{0})),
                                           found->size(), from.around.project.tables.size()));
}

namespace {

/// What the journal says of a topic that is missing or differs: then it has the history of a table, or was proved to have it.
struct Relied {
  std::map<std::string, std::string> proved{};  ///< topic -> table
  std::vector<plan::Hold> holds{};
};

Relied relied(Sources& from, const Deadline& until) {
  Relied on;
  if (!from.session()) return on;  // said elsewhere
  if (const auto held = attempt([&] { return from.journal().holds(until); }); held)
    for (const auto& h : *held) on.holds.push_back({h.topic, h.key, h.value});
  if (const auto seals = attempt([&] { return from.journal().seals(until); }); seals)
    for (const auto& seal : *seals) on.proved.emplace(seal.topic, seal.table);
  return on;
}

/// Names what removes history, or has; a topic that nobody relies on yet is only counted.
void say_lost(Answer& answer, const Step& step, bool missing, const Relied& on) {
  const auto& topic = step.resource.name;
  const auto proved = on.proved.find(topic);
  const auto is_held = [&](std::string_view path) {
    return std::any_of(on.holds.begin(), on.holds.end(),
                       [&](const plan::Hold& h) { return h.topic == topic && path == "config." + h.key; });
  };
  const bool held = std::any_of(on.holds.begin(), on.holds.end(), [&](const plan::Hold& h) { return h.topic == topic; });
  if (missing && (proved != on.proved.end() || held))
    return answer.problem("topic", topic,
                          proved != on.proved.end() ? "does not exist, and the events of " + proved->second + " were in it"
                                                    : "does not exist, and a migration holds it open",
                          "mykartctl topics status", true);
  for (const auto& change : step.changes)
    if (is_held(change.path))
      answer.problem("hold", topic,
                     fmt::format("{} is {}, and is held at {} until finalize: records may be removed", change.path.substr(7),
                                 change.before.value_or("?"), change.after.value_or("?")),
                     "mykartctl topics apply " + topic, true);
    else if (proved != on.proved.end())
      answer.problem("topic", topic,
                     fmt::format("{} is {}, declared {}", change.path, change.before.value_or("not set"), change.after.value_or("not set")),
                     "mykartctl topics plan " + topic, true);
}

}  // namespace

void say_topics(Answer& answer, Sources& from, const Deadline& until) {
  const auto& specs = from.around.project.topics;
  std::vector<std::string> names;
  for (const auto& spec : specs) names.push_back(spec.name);
  const auto on = relied(from, until);
  Value topics;
  const auto states = attempt([&] { return from.kafka.describe(names, until); });
  if (!states) {
    answer.unknown("topics", states.error());
    answer.report.data.set("topics", topics.set("declared", specs.size())
                                         .set("ok", Value{})
                                         .set("drift", Value{})
                                         .set("missing", Value{})
                                         .set("degraded", Value{})
                                         .set("unknown", specs.size()));
    answer.report.line(fmt::format("topics: {} declared, state not known", specs.size()), Style::bad);
    return;
  }
  std::size_t drift = 0, missing = 0, unreadable = 0;
  for (const auto& step : plan::topics(specs, on.holds, *states)) {
    const auto& state = states->at(step.resource.name);
    if (state || state.error().code() == Code::not_found) say_lost(answer, step, !state, on);
    if (state)
      ++drift;
    else if (state.error().code() == Code::not_found)
      ++missing;
    else
      ++unreadable;
  }
  const auto ok = specs.size() - drift - missing - unreadable;
  topics.set("declared", specs.size())
      .set("ok", ok)
      .set("drift", drift)
      .set("missing", missing)
      .set("degraded", 0)
      .set("unknown", unreadable);
  answer.report.data.set("topics", std::move(topics));
  if (unreadable > 0) answer.good = false;
  answer.report.line(fmt::format("topics: {} declared, {} ok, {} drift, {} missing{}", specs.size(), ok, drift, missing,
                                 unreadable > 0 ? fmt::format(", {} unknown", unreadable) : ""),
                     ok == specs.size() ? Style::plain : Style::warn);
}

}  // namespace ctl::health
