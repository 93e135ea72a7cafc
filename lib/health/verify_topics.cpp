// verify: what is in Kafka.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/text.hpp"
#include "health/verify.hpp"
#include "health/writers.hpp"
#include "kafka/producer.hpp"
#include "plan/plan.hpp"
#include "transfer/topic_scan.hpp"

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

}  // namespace ctl::health
