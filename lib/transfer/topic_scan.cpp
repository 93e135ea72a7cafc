#include "transfer/topic_scan.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "core/error.hpp"

namespace ctl::transfer {
namespace {

constexpr auto silence = 5s;    ///< after this long without a record or an end the operator is told what is waited for
constexpr auto too_long = 60s;  ///< for a transaction of this tool (15 s) and the coordinator that ends it (10 s)

template <class Where>  // At or Millis
Offsets of_all_partitions(kafka::Cluster& cluster, const std::string& topic, Where where, const Deadline& until) {
  const std::array<std::string, 1> one_config{"retention.ms"};  // what is looked for are the partitions
  const auto described = cluster.describe(std::array{topic}, one_config, until).at(topic);
  if (!described) throw described.error();
  std::vector<kafka::Partition> partitions;
  for (const auto& partition : described->partitions) partitions.push_back({topic, partition.id});
  Offsets offsets;
  for (const auto& [partition, offset] : cluster.offsets(partitions, where, until)) {
    if (!offset) throw offset.error();
    offsets[partition.id] = *offset;
  }
  return offsets;
}

/// Kafka 4.3 is seen to end a transaction without its markers: a broker that is fenced meanwhile takes its own partitions for deleted ones
/// (TransactionMarkerChannelManager). Nobody reads past that any more, and no coordinator ends it.
std::string advice(const kafka::Settings& settings, const std::string& topic) {
  return fmt::format(
      "a transaction on {} is open for longer than the tool's own can be: a broker may have lost its end. If it is a copy's, mykartctl "
      "events backfill finds out what became of it and ends it. If it is of another program: kafka-transactions.sh --bootstrap-server {} "
      "find-hanging --broker-id ID --max-transaction-timeout 1 lists its partitions, and abort --topic … --partition … --start-offset … "
      "ends it in each",
      topic, settings.brokers);
}

}  // namespace

bool keeps_given_times(kafka::Cluster& cluster, const std::string& topic, const Deadline& until) {
  const std::string key = "message.timestamp.type";
  const auto state = cluster.describe(std::array{topic}, std::array{key}, until).at(topic);
  if (!state) throw Error{state.error()};
  const auto found = state->config.find(key);
  return found != state->config.end() && found->second.value == "CreateTime";
}

Offsets offsets_of(kafka::Cluster& cluster, const std::string& topic, kafka::Cluster::At at, const Deadline& until) {
  return of_all_partitions(cluster, topic, at, until);
}
Offsets offsets_of(kafka::Cluster& cluster, const std::string& topic, Millis from, const Deadline& until) {
  return of_all_partitions(cluster, topic, from, until);
}

void scan(const kafka::Settings& settings, const std::string& topic, const Offsets& from, const Offsets& to, Listener& listener,
          const Deadline& until, const std::function<void(const kafka::Message&)>& take,
          const std::function<void(int, std::int64_t)>& passed) {
  std::map<kafka::Partition, std::int64_t> left;
  for (const auto& [partition, end] : to)
    if (const auto begin = from.find(partition); begin != from.end() && begin->second < end) left[{topic, partition}] = begin->second;
  if (left.empty()) return;
  kafka::Reader reader{settings, left, kafka::Reader::Isolation::committed, listener};
  const auto reached = [&](const kafka::Partition& partition, std::int64_t next) {
    if (next >= to.at(partition.id)) left.erase(partition);
  };
  auto soon = until.within(1s), quiet = Deadline{silence, {}}, stuck = Deadline{too_long, {}};
  for (bool heard = false, told = false; !left.empty();) {
    if (reader.drained()) {  // else it does not wait, and a look at the clock for each record would cost as much as the record
      soon = until.within(1s);
      if (std::exchange(heard, false)) {
        quiet = Deadline{silence, {}};
        stuck = Deadline{too_long, {}};
      }
    }
    const auto got = reader.next(soon);
    if (const auto* message = std::get_if<kafka::Message>(&got)) {
      if (message->offset < to.at(message->partition.id)) take(*message);
      reached(message->partition, message->offset + 1);
    } else if (const auto* end = std::get_if<kafka::End>(&got)) {
      if (passed) passed(end->partition.id, std::min(end->next, to.at(end->partition.id)));
      reached(end->partition, end->next);
    } else {
      until.check("reading topic " + topic);
      if (quiet.over()) {
        listener.note(Listener::Level::info, "waiting for an open transaction on " + topic + " to end");
        quiet = Deadline{silence, {}};
      }
      if (stuck.over() && !std::exchange(told, true)) listener.note(Listener::Level::warn, advice(settings, topic));
      continue;
    }
    heard = true;
  }
}

}  // namespace ctl::transfer
