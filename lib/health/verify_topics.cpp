// verify: what is in Kafka, and whether the rows are there.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "health/verify.hpp"
#include "health/writers.hpp"
#include "kafka/producer.hpp"
#include "plan/plan.hpp"
#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

std::vector<std::string> names(const std::vector<TopicSpec>& topics) {
  std::vector<std::string> all;
  for (const auto& topic : topics) all.push_back(topic.name);
  return all;
}

struct Misplaced {
  std::size_t read{}, wrong{};
  std::string example{};
};

/// The last records of each partition, by whoever wrote them: does each key's partition follow the producer's rule?
Misplaced last_records(const Question& q, const std::string& topic, std::int64_t count) {
  const auto ends = transfer::offsets_of(q.from.kafka, topic, kafka::Cluster::At::latest, q.until);
  auto from = transfer::offsets_of(q.from.kafka, topic, kafka::Cluster::At::earliest, q.until);
  for (auto& [partition, first] : from) first = std::max(first, ends.at(partition) - count);
  Misplaced result;
  transfer::scan(q.from.around.kafka, topic, from, ends, q.from.around.listener, q.until, [&](const kafka::Message& message) {
    if (!message.key) return;
    ++result.read;
    const int right = kafka::partition_of(*message.key, static_cast<int>(ends.size()));
    if (right == message.partition.id) return;
    ++result.wrong;
    result.example =
        fmt::format("key {} is in partition {}, not {} (offset {})", *message.key, message.partition.id, right, message.offset);
  });
  return result;
}

}  // namespace

void ask_topics(const Question& q) {
  std::vector<plan::Hold> holds;
  for (const auto& held : q.from.journal().holds(q.until)) holds.push_back({held.topic, held.key, held.value});
  const auto& specs = q.from.around.project.topics;
  const auto steps = plan::topics(specs, holds, q.from.kafka.describe(names(specs), q.until));
  std::vector<std::string> drift;
  for (const auto& step : steps)
    drift.push_back(step.resource.name + " (" + std::string{to_string(step.action)} + ": " +
                    (step.summary.empty() ? step.why : step.summary) + ")");
  q.into.push_back({.id = "topics",
                    .target = fmt::format("{} declared", specs.size()),
                    .result = steps.empty() ? Result::ok : Result::fail,
                    .found = steps.empty() ? "all there, no drift" : join(drift, "; "),
                    .expected = "no drift",
                    .fix = steps.empty() ? "" : "mykartctl topics plan"});
}

void ask_events_arrive(const Question& q) {
  if (!q.deployed) return;
  const auto found = last_application_events(q.from.around, q.from.database(), q.from.kafka, q.until);
  const auto declared = q.from.around.project.tables.size();
  q.into.push_back({.id = "events-arrive",
                    .target = fmt::format("{} topics", declared),
                    .result = found.empty() ? Result::warn : Result::ok,
                    .found = fmt::format("application events in {} of {}", found.size(), declared),
                    .expected = "the application writes to the topics"});
}

void ask_partition_parity(const Question& q) {
  for (const auto& table : q.from.around.project.tables)
    ask(q.into, "partition-parity", table.topic, [&] {
      const auto last = last_records(q, table.topic, 1000);
      q.into.push_back({.id = "partition-parity",
                        .target = table.topic,
                        .result = last.wrong == 0 ? Result::ok : Result::fail,
                        .found = last.wrong == 0 ? fmt::format("{} live records", last.read)
                                                 : fmt::format("{} of {} elsewhere: {}", last.wrong, last.read, last.example),
                        .expected = "murmur2 of the key"});
    });
}

void ask_retention(const Question& q) {
  if (!q.deployed) return;
  const auto holds = q.from.journal().holds(q.until);
  std::vector<std::string> held;
  for (const auto& hold : holds) held.push_back(hold.topic);
  const auto states = q.from.kafka.describe(held, q.until);
  for (const auto& hold : holds) {
    const auto& state = states.at(hold.topic);
    if (!state) throw state.error();
    const auto entry = state->config.find(hold.key);
    const auto value = entry == state->config.end() ? std::string{} : entry->second.value.value_or("");
    q.into.push_back({.id = "retention",
                      .target = hold.topic,
                      .result = value == hold.value ? Result::ok : Result::fail,
                      .found = hold.key + "=" + value,
                      .expected = hold.key + "=" + hold.value + " until finalize",
                      .fix = value == hold.value ? "" : "mykartctl topics apply " + hold.topic});
  }
}

void ask_rows_in_topics(const Question& q) {
  Value answers{Value::List{}};
  const auto seals = q.from.journal().seals(q.until);
  for (const auto& declared : q.from.around.project.tables)
    ask(q.into, "rows-in-topic", to_string(declared.table), [&] {
      const auto name = to_string(declared.table);
      const auto direction = q.deployed ? "deploy" : "rollback";
      const auto seal =
          std::find_if(seals.begin(), seals.end(), [&](const Seal& s) { return s.table == name && s.direction == direction; });
      Check check{.id = "rows-in-topic",
                  .target = name,
                  .expected = q.deployed ? "every row in " + declared.topic : "every event of " + declared.topic};
      Value answer;
      answer.set("table", name).set("topic", declared.topic);
      const auto located = q.deep ? locate(q.from.around.project, declared, q.from.database(), q.until) : std::nullopt;
      if (located && q.deployed) {
        const auto p =
            transfer::reconcile(q.from.database(), q.from.around.kafka, at(declared, *located), {}, q.from.around.listener, q.until);
        check.result = p.equal() ? Result::ok : Result::fail;
        check.found = fmt::format("{} rows = {} events; {} missing, {} duplicate, {} altered, {} misplaced", format_count(p.rows),
                                  format_count(p.in_topic), p.missing, p.duplicate, p.altered, p.misplaced);
        if (p.waiting > 0) check.found += fmt::format(", {} not moved yet", p.waiting);
        answer.set("rows", p.rows)
            .set("in_topic", p.in_topic)
            .set("missing", p.missing)
            .set("duplicate", p.duplicate)
            .set("altered", p.altered)
            .set("misplaced", p.misplaced);
        answer.set("at", format_instant(now())).set("examples", Value::List{});
      } else if (located) {
        const auto p =
            transfer::reconcile_replay(q.from.database(), q.from.around.kafka, at(declared, *located), q.from.around.listener, q.until);
        check.result = p.balanced ? Result::ok : Result::fail;
        check.found = fmt::format("{} events = {} rows + {} dead letters + {} filtered, {} missing", format_count(p.events),
                                  format_count(p.rows), p.dead, p.filtered, p.missing);
      } else if (seal == seals.end()) {
        check.result = Result::fail;
        check.found = "not proved";
        check.fix = q.deployed ? "mykartctl deploy" : "mykartctl rollback";
      } else {
        check.found =
            fmt::format("{} rows, {} events, sealed {}", format_count(seal->rows), format_count(seal->events), format_instant(seal->at));
        answer.set("rows", seal->rows)
            .set("in_topic", seal->events)
            .set("missing", 0)
            .set("duplicate", 0)
            .set("altered", 0)
            .set("misplaced", 0);
        answer.set("at", format_instant(seal->at)).set("examples", Value::List{});
      }
      answers.push(std::move(answer));
      q.into.push_back(std::move(check));
    });
  q.more.set("reconcile", std::move(answers));
}

}  // namespace ctl::health
