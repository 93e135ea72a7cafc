#include <algorithm>
#include <set>

#include "health/topics.hpp"
#include "kafka/reader.hpp"

namespace ctl::health {
namespace {

using kafka::Partition;
using Ends = std::map<Partition, Known<std::int64_t>>;

std::vector<Partition> partitions_of(const std::map<std::string, Known<TopicState>>& states) {
  std::vector<Partition> all;
  for (const auto& [topic, state] : states)
    if (state)
      for (const auto& partition : state->partitions) all.push_back({topic, partition.id});
  return all;
}

/// The configs that a verdict or the table needs: a few of some forty.
std::vector<std::string> judged_keys(const Project& project, const Known<std::vector<HeldConfig>>& holds) {
  std::set<std::string> keys{"retention.ms"};
  if (holds)
    for (const auto& held : *holds) keys.insert(held.key);
  for (const auto& topic : project.topics)
    for (const auto& [key, value] : topic.config) keys.insert(key);
  return {keys.begin(), keys.end()};
}

std::int64_t start_or_zero(const TopicSights& sights, const Partition& partition) {
  const auto found = sights.bounds.find(partition);
  return found != sights.bounds.end() ? found->second.start.value_or(0) : 0;
}

/// Reads the last `window` offsets of each partition and keeps the newest time of each topic. Partitions in which a record was found leave
/// `left`.
void read_last(const kafka::Settings& settings, std::map<Partition, std::int64_t>& left, const TopicSights& sights, std::int64_t window,
               std::map<std::string, Known<std::optional<Millis>>>& newest, Listener& to, const Deadline& until) {
  std::map<Partition, std::int64_t> from;
  for (const auto& [partition, end] : left) from[partition] = std::max(start_or_zero(sights, partition), end - window);
  auto open = from.size();
  kafka::Reader reader{settings, from, kafka::Reader::Isolation::committed, to};
  while (open > 0) {
    const auto next = reader.next(until);
    if (const auto* message = std::get_if<kafka::Message>(&next)) {
      auto& latest = newest[message->partition.topic];
      if (latest && (!*latest || **latest < message->time)) latest = std::optional{message->time};
      left.erase(message->partition);
    } else if (std::holds_alternative<kafka::End>(next)) {
      --open;
    } else {
      until.check("reading the last records");
    }
  }
}

/// The time of the newest record of each topic. A transaction ends with a marker that takes an offset, so the record may stand before the
/// last one.
std::map<std::string, Known<std::optional<Millis>>> last_events(Sources& sources, const TopicSights& sights, const Deadline& until) {
  std::map<std::string, Known<std::optional<Millis>>> newest;
  std::map<Partition, std::int64_t> left;
  for (const auto& [partition, bounds] : sights.bounds) {
    const auto& end = bounds.stable;
    auto& latest = newest.try_emplace(partition.topic, std::optional<Millis>{}).first->second;
    if (!end)
      latest = tl::unexpected{end.error()};
    else if (*end > bounds.start.value_or(0))
      left[partition] = *end;
  }
  for (const std::int64_t window : {3, 300}) {
    if (left.empty()) break;
    const auto read = attempt([&] { read_last(sources.around.kafka, left, sights, window, newest, sources.around.listener, until); });
    if (read) continue;
    for (const auto& [partition, end] : left) newest[partition.topic] = tl::unexpected{read.error()};
    break;
  }
  return newest;
}

std::map<std::string, Known<double>> rates(const std::map<Partition, kafka::Bounds>& before, const Ends& after,
                                           std::chrono::milliseconds took) {
  std::map<std::string, Known<double>> rate;
  for (const auto& [partition, end] : after) {
    auto& sum = rate.try_emplace(partition.topic, 0.0).first->second;
    const auto first = before.find(partition);
    if (!end)
      sum = tl::unexpected{end.error()};
    else if (first == before.end() || !first->second.end)
      sum = tl::unexpected{Error{Code::failed, {.what = "the first sample of " + partition.topic + " is missing"}}};
    else if (sum)
      *sum += static_cast<double>(*end - *first->second.end) * 1000.0 / static_cast<double>(took.count());
  }
  return rate;
}

/// What lies before each commit. Markers and aborted records take offsets and are nothing to read.
std::map<kafka::Place, Known<kafka::Unread>> unread(Sources& sources, const TopicSights& sights, const Deadline& until) {
  constexpr std::chrono::seconds reading{5};
  std::vector<kafka::Place> places;
  std::map<Partition, std::int64_t> ends;
  for (const auto& [group, commits] : *sights.groups) {
    if (!commits) continue;
    for (const auto& [partition, next] : *commits) {
      const auto bounds = sights.bounds.find(partition);
      if (bounds == sights.bounds.end() || !bounds->second.stable || next >= *bounds->second.stable) continue;
      places.emplace_back(partition, std::max(next, bounds->second.start.value_or(0)));
      ends[partition] = *bounds->second.stable;
    }
  }
  return kafka::unread(sources.around.kafka, std::move(places), ends, kafka::Reader::Isolation::committed, sources.around.listener,
                       until.within(reading));
}

}  // namespace

TopicSights look_at_topics(Sources& sources, std::span<const std::string> names, TopicLook look, const Deadline& until) {
  TopicSights sights;
  sights.holds = attempt([&] { return sources.journal().holds(until); });
  const auto keys = look.detail ? std::vector<std::string>{} : judged_keys(sources.around.project, sights.holds);
  sights.states = sources.kafka.describe(names, keys, until);
  const auto partitions = partitions_of(sights.states);
  const auto sampled = Deadline::clock::now();
  sights.bounds = sources.kafka.bounds(partitions, until);
  sights.groups = attempt([&] {
    std::vector<std::string> groups;
    sights.members = sources.kafka.groups(until);
    for (const auto& group : sights.members) groups.push_back(group.name);
    return sources.kafka.committed(groups, until);
  });
  if (sights.groups) sights.unread = unread(sources, sights, until);
  sights.last_event = last_events(sources, sights, until);
  if (look.sample) {
    until.sleep(std::max(*look.sample - std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::clock::now() - sampled), {}));
    until.check("sampling the rate");
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::clock::now() - sampled);
    sights.rate = rates(sights.bounds, sources.kafka.offsets(partitions, kafka::Cluster::At::latest, until), took);
  }
  return sights;
}

}  // namespace ctl::health
