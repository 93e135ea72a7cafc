#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>

#include "core/parallel.hpp"
#include "kafka/cluster_impl.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

/// librdkafka merges answers by linear search, so the cost of a list grows with the square of its length; several short ones are asked at
/// once.
constexpr std::size_t chunk = 200, at_once = 4;

using Found = std::map<Partition, Known<std::int64_t>>;

/// Which leader to ask for which partitions. What has none, or does not exist, is answered at once.
std::map<int, std::vector<Partition>> by_leader(Client& client, std::span<const Partition> asked, Found& found, const Deadline& until) {
  const bool alone = std::all_of(asked.begin(), asked.end(), [&](const Partition& p) { return p.topic == asked.front().topic; });
  const auto metadata = client.metadata(
      until, alone ? &asked.front().topic : nullptr);  // also refreshes librdkafka's cache: with a stale leader a call fills nothing
  std::unordered_map<std::string_view, std::span<const rd_kafka_metadata_partition_t>> topics;
  for (const auto& topic : std::span{metadata->topics, static_cast<std::size_t>(metadata->topic_cnt)})
    topics[topic.topic] = {topic.partitions, static_cast<std::size_t>(topic.partition_cnt)};

  std::map<int, std::vector<Partition>> to_ask;
  for (const auto& partition : asked) {
    const auto& all = topics[partition.topic];
    const auto known = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.id == partition.id; });
    if (known == all.end())
      found.emplace(partition,
                    tl::unexpected<Error>{
                        Error{Code::not_found, {.what = to_string(partition) + " does not exist", .where = address(client.settings())}}});
    else if (known->leader < 0)
      found.emplace(partition,
                    tl::unexpected<Error>{
                        Error{Code::unreachable, {.what = to_string(partition) + " has no leader", .where = address(client.settings())}}});
    else
      to_ask[known->leader].push_back(partition);
  }
  return to_ask;
}

/// One ListOffsets to one leader. rd_kafka_offsets_for_times writes each element's offset unchanged as the request's timestamp, so the
/// logical -1 and -2 pass through. Never rd_kafka_query_watermark_offsets: it ignores its timeout once the request is out.
struct Request {
  std::span<const Partition> partitions{};
  std::atomic<bool>* leader_is_bad{};  ///< of the leader, for its other requests of this round
  PartitionList list{};
  rd_kafka_resp_err_t error{RD_KAFKA_RESP_ERR__TIMED_OUT};

  void send(rd_kafka_t* handle, std::int64_t what, int ms) {
    if (*leader_is_bad) return;
    list.reset(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const auto& partition : partitions)
      rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.id)->offset = what;
    error = rd_kafka_offsets_for_times(handle, list.get(), ms);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) *leader_is_bad = true;
  }
};

/// What was answered goes into `found`; what may be answered in the next round is left out.
void take(Client& client, const Request& request, Found& found, rd_kafka_resp_err_t& error) {
  if (request.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = request.error;
    return;
  }
  client.answered();
  for (const auto& element : std::span{request.list->elems, static_cast<std::size_t>(request.list->cnt)}) {
    const Partition partition{element.topic, element.partition};
    const auto code = code_of(element.err);
    if (element.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      found.emplace_hint(found.end(), partition, element.offset);
    else if (code == Code::unreachable || code == Code::not_found)
      error = element.err;  // metadata named this broker its leader a moment ago: one of the two is behind, as after a topic was made
    else
      found.emplace(partition, tl::unexpected<Error>{client.failure(element.err, "asking for the offsets of " + to_string(partition))});
  }
}

/// One kind of offset of some partitions, asked of all their leaders.
struct Question {
  Client& client;
  std::int64_t what{};
  std::vector<Partition> open{};
  Found found{};
  Known<std::map<int, std::vector<Partition>>> leaders{};
  std::map<int, std::atomic<bool>> bad{};
  std::vector<Request> requests{};

  Question(Client& of, std::int64_t kind, std::span<const Partition> asked) : client{of}, what{kind}, open{asked.begin(), asked.end()} {
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
  }

  void prepare(const Deadline& until) {
    requests.clear();
    bad.clear();
    if (open.empty()) return;  // another question is not answered yet
    leaders = attempt([&] { return by_leader(client, open, found, until); });
    if (!leaders && found.empty()) throw Error{leaders.error()};
    if (!leaders) return;
    for (const auto& [leader, partitions] : *leaders)
      for (std::size_t from = 0; from < partitions.size(); from += chunk)
        requests.push_back(
            {.partitions = std::span{partitions}.subspan(from, std::min(chunk, partitions.size() - from)), .leader_is_bad = &bad[leader]});
  }

  void send(int ms) {
    each_in_parallel(requests, at_once, [&](Request& request) { request.send(client.get(), what, ms); });
  }

  /// Takes the answers; with none for a partition although time or hope is over, the reason is its answer.
  void conclude(const Deadline& until) {
    auto error = RD_KAFKA_RESP_ERR__TIMED_OUT;
    for (const auto& request : requests) take(client, request, found, error);
    std::erase_if(open, [&](const Partition& partition) { return found.contains(partition); });
    client.serve();
    if (until.stopped()) until.check("asking for offsets");
    if (open.empty() || (leaders && !until.over() && !client.hopeless())) return;
    const auto reason = leaders ? client.failure(error, "asking for offsets") : leaders.error();
    for (const auto& partition : open) found.emplace(partition, tl::unexpected<Error>{reason});
    open.clear();
  }
};

/// Rounds over the partitions that are not answered yet: a bad leader costs the good ones one short slice a round, and itself the deadline.
/// Questions of different clients are asked at the same time.
void answer(std::vector<Question>& questions, const Deadline& until) {
  const auto open = [&] { return std::any_of(questions.begin(), questions.end(), [](const Question& q) { return !q.open.empty(); }); };
  for (Slices slices; open();) {
    const auto slice = slices.next(until);
    for (auto& question : questions) question.prepare(until);
    each_in_parallel(questions, questions.size(), [&](Question& question) { question.send(slice); });
    for (auto& question : questions) question.conclude(until);
    if (open()) until.sleep(20ms);
  }
}

Found answer(Client& client, std::int64_t what, std::span<const Partition> asked, const Deadline& until) {
  std::vector<Question> one;
  one.emplace_back(client, what, asked);
  answer(one, until);
  return std::move(one.front().found);
}

}  // namespace

Found Cluster::offsets(std::span<const Partition> partitions, At at, const Deadline& until) {
  if (at == At::stable) return answer(impl_->committed_reader(), static_cast<std::int64_t>(At::latest), partitions, until);
  return answer(impl_->client, static_cast<std::int64_t>(at), partitions, until);
}

std::map<Partition, Bounds> Cluster::bounds(std::span<const Partition> partitions, const Deadline& until) {
  std::vector<Question> both;
  both.emplace_back(impl_->committed_reader(), static_cast<std::int64_t>(At::earliest), partitions);
  both.emplace_back(impl_->client, static_cast<std::int64_t>(At::latest), partitions);
  answer(both, until);
  std::map<Partition, Bounds> found;
  std::vector<Partition> filled;
  auto end = both[1].found.begin();  // the same partitions in the same order
  for (const auto& [partition, start] : both[0].found) {
    found.emplace_hint(found.end(), partition, Bounds{start, end->second, end->second});
    const bool holds_something = !start || !end->second || *start < *end->second;  // where nothing is there is no transaction either
    if (holds_something) filled.push_back(partition);
    ++end;
  }
  for (const auto& [partition, stable] : offsets(filled, At::stable, until)) {
    auto& bounds = found.at(partition);
    bounds.stable = stable;
    for (const auto& later : {bounds.start, stable})  // asked after the end, so the log reaches at least there
      if (bounds.end && later) bounds.end = std::max(*bounds.end, *later);
  }
  return found;
}

Found Cluster::offsets(std::span<const Partition> partitions, Millis from, const Deadline& until) {
  auto found = answer(impl_->client, from.time_since_epoch().count(), partitions, until);
  std::vector<Partition> later;
  for (const auto& [partition, offset] : found)
    if (offset && *offset < 0) later.push_back(partition);  // no record that young
  for (auto& [partition, end] : offsets(later, At::latest, until)) found.insert_or_assign(partition, std::move(end));
  return found;
}

}  // namespace ctl::kafka
