#include <fmt/format.h>

#include <algorithm>

#include "kafka/cluster_impl.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t chunk =
    500;  // librdkafka merges answers by linear search: 12,000 partitions in one list take 1.4 s, in lists of 500 0.2 s

using Found = std::map<Partition, Known<std::int64_t>>;

/// Which leader to ask for which partitions. What has none, or does not exist, is answered at once.
std::map<int, std::vector<Partition>> by_leader(Client& client, std::span<const Partition> asked, Found& found, const Deadline& until) {
  const auto metadata = client.metadata(until);  // also refreshes librdkafka's cache: with a stale leader a call fills nothing
  std::map<std::string_view, std::map<int, int>> leaders;
  for (const auto& topic : std::span{metadata->topics, static_cast<std::size_t>(metadata->topic_cnt)})
    for (const auto& partition : std::span{topic.partitions, static_cast<std::size_t>(topic.partition_cnt)})
      leaders[topic.topic][partition.id] = partition.leader;

  std::map<int, std::vector<Partition>> to_ask;
  for (const auto& partition : asked) {
    const auto topic = leaders.find(partition.topic);
    const auto known = topic == leaders.end() || !topic->second.contains(partition.id) ? nullptr : &topic->second.at(partition.id);
    if (known == nullptr)
      found.emplace(partition,
                    tl::unexpected<Error>{
                        Error{Code::not_found, {.what = to_string(partition) + " does not exist", .where = address(client.settings())}}});
    else if (*known < 0)
      found.emplace(partition,
                    tl::unexpected<Error>{
                        Error{Code::unreachable, {.what = to_string(partition) + " has no leader", .where = address(client.settings())}}});
    else
      to_ask[*known].push_back(partition);
  }
  return to_ask;
}

/// One ListOffsets; false when nothing of it was answered. rd_kafka_offsets_for_times writes each element's offset unchanged as the
/// request's timestamp, so the logical -1 and -2 pass through. Never rd_kafka_query_watermark_offsets: it ignores its timeout once the
/// request is out.
bool ask(Client& client, std::span<const Partition> partitions, std::int64_t what, int ms, Found& found, rd_kafka_resp_err_t& error) {
  const PartitionList list{rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size()))};
  for (const auto& partition : partitions)
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.id)->offset = what;
  if (const auto failed = rd_kafka_offsets_for_times(client.get(), list.get(), ms); failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = failed;
    return false;
  }
  client.answered();
  for (const auto& element : std::span{list->elems, static_cast<std::size_t>(list->cnt)}) {
    const Partition partition{element.topic, element.partition};
    const auto code = code_of(element.err);
    if (element.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      found.emplace(partition, element.offset);
    else if (code == Code::unreachable || code == Code::not_found)
      error = element.err;  // metadata named this broker its leader a moment ago: one of the two is behind, as after a topic was made
    else
      found.emplace(partition, tl::unexpected<Error>{client.failure(element.err, "asking for the offsets of " + to_string(partition))});
  }
  return true;
}

/// Rounds over the partitions that are not answered yet: a bad leader costs the good ones one short slice a round, and itself the deadline.
Found list_offsets(Client& client, std::span<const Partition> asked, std::int64_t what, const Deadline& until) {
  Found found;
  std::vector<Partition> open{asked.begin(), asked.end()};
  std::sort(open.begin(), open.end());
  open.erase(std::unique(open.begin(), open.end()), open.end());
  for (Slices slices; !open.empty(); until.sleep(20ms)) {
    const auto slice = slices.next(until);
    auto error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    const auto leaders = attempt([&] { return by_leader(client, open, found, until); });
    if (!leaders && found.empty()) throw Error{leaders.error()};
    if (leaders)
      for (const auto& [leader, partitions] : *leaders)
        for (std::size_t from = 0; from < partitions.size(); from += chunk)
          if (!ask(client, std::span{partitions}.subspan(from, std::min(chunk, partitions.size() - from)), what, slice, found, error))
            break;
    std::erase_if(open, [&](const Partition& partition) { return found.contains(partition); });
    client.serve();
    if (until.stopped()) until.check("asking for offsets");
    if (open.empty()) break;  // no pause behind the last round
    if (leaders && !until.over() && !client.hopeless()) continue;
    const auto reason = leaders ? client.failure(error, "asking for offsets") : leaders.error();
    for (const auto& partition : open) found.emplace(partition, tl::unexpected<Error>{reason});
    open.clear();
  }
  return found;
}

}  // namespace

Found Cluster::offsets(std::span<const Partition> partitions, At at, const Deadline& until) {
  if (at == At::stable) return list_offsets(impl_->committed_reader(), partitions, static_cast<std::int64_t>(At::latest), until);
  return list_offsets(impl_->client, partitions, static_cast<std::int64_t>(at), until);
}

Found Cluster::offsets(std::span<const Partition> partitions, Millis from, const Deadline& until) {
  auto found = list_offsets(impl_->client, partitions, from.time_since_epoch().count(), until);
  std::vector<Partition> later;
  for (const auto& [partition, offset] : found)
    if (offset && *offset < 0) later.push_back(partition);  // no record that young
  for (auto& [partition, end] : offsets(later, At::latest, until)) found.insert_or_assign(partition, std::move(end));
  return found;
}

}  // namespace ctl::kafka
