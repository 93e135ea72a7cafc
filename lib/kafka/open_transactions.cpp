#include "kafka/open_transactions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kafka/wire.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

// Since Kafka 2.4, 2.8, 2.8 and 3.0.
constexpr std::int16_t find_coordinator = 10, write_txn_markers = 27, describe_producers = 61, describe_transactions = 65;
constexpr std::int16_t coordinator_version = 3, markers_version = 1;
constexpr std::int8_t of_transactions = 1;
constexpr auto patience = 3s;  ///< with one broker, before metadata is looked at again
constexpr auto pause = 100ms;

using Address = std::pair<std::string, int>;
using ByLeader = std::map<Address, std::vector<Partition>>;

void need_plain(const Client& client) {
  if (!is_plain(client.settings()))
    throw Error{Code::failed,
                {.what = "open transactions are not visible on a connection with TLS or SASL",
                 .cause = fmt::format("librdkafka {} does not ask for them", rd_kafka_version_str())}};
}

ByLeader by_leader(Client& client, std::span<const Partition> partitions, const Deadline& until) {
  ByLeader found;
  for (const auto& partition : partitions) {
    const auto metadata = client.metadata(until, &partition.topic);
    const std::span topics{metadata->topics, static_cast<std::size_t>(metadata->topic_cnt)};
    const std::span brokers{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)};
    int leader = -1;
    for (const auto& topic : topics)
      for (const auto& one : std::span{topic.partitions, static_cast<std::size_t>(topic.partition_cnt)})
        if (topic.topic == partition.topic && one.id == partition.id) leader = one.leader;
    const auto broker = std::find_if(brokers.begin(), brokers.end(), [&](const auto& b) { return b.id == leader; });
    if (broker == brokers.end())
      throw Error{Code::unreachable, {.what = to_string(partition) + " has no leader", .where = address(client.settings())}};
    found[{broker->host, broker->port}].push_back(partition);
  }
  return found;
}

/// Requests of Kafka's name a topic once, with a list of its partitions.
void put_partitions(WireWriter& body, std::span<const Partition> partitions) {
  std::map<std::string, std::vector<int>> by_topic;
  for (const auto& partition : partitions) by_topic[partition.topic].push_back(partition.id);
  body.array(by_topic.size());
  for (const auto& [topic, ids] : by_topic) {
    body.string(topic).array(ids.size());
    for (const auto id : ids) body.int32(id);
    body.tags();
  }
}

void need_good(Client& client, rd_kafka_resp_err_t error, const std::string& doing, std::string words = {}) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw client.failure(error, doing, std::move(words));
}

/// Brokers that die, and leaders and coordinators that move, cost another look; what is refused is not asked for again.
template <class F>
auto again_until_answered(Client& client, std::string_view doing, const Deadline& until, F&& ask) {
  need_plain(client);
  for (;; until.sleep(pause)) {
    auto answer = attempt([&] { return ask(until.within(patience)); });
    if (answer) return std::move(*answer);
    const auto code = answer.error().code();
    if ((code != Code::unreachable && code != Code::timeout && code != Code::not_found) || until.over()) {
      auto error = answer.error();
      error.within(std::string{doing});
      throw error;
    }
  }
}

std::vector<OpenTransaction> ask_leader(Client& client, const Address& leader, std::span<const Partition> partitions,
                                        const Deadline& until) {
  WireWriter body;
  put_partitions(body, partitions);
  auto in = exchange(leader.first, leader.second, describe_producers, 0, body.tags(), until);
  in.skip(4);  // how long it throttled us
  std::vector<OpenTransaction> open;
  std::size_t answered = 0;
  for (auto topics = in.array(); topics > 0; --topics) {
    const auto topic = in.string().value_or("");
    for (auto left = in.array(); left > 0; --left, ++answered) {
      const Partition partition{topic, static_cast<int>(in.integer(4))};
      const auto error = static_cast<rd_kafka_resp_err_t>(in.integer(2));
      auto words = in.string().value_or("");
      for (auto producers = in.array(); producers > 0; --producers) {
        OpenTransaction one{.partition = partition};
        one.producer = in.integer(8);
        one.epoch = static_cast<int>(in.integer(4));
        in.skip(4 + 8);  // its last sequence and time
        one.coordinator_epoch = static_cast<int>(in.integer(4));
        one.start = in.integer(8);
        in.tags();
        if (one.start >= 0) open.push_back(std::move(one));
      }
      in.tags();
      need_good(client, error, "asking for the transactions of " + to_string(partition), std::move(words));
    }
    in.tags();
  }
  if (answered != partitions.size()) throw Error{Code::failed, {.what = "the broker's answer leaves partitions out"}};
  return open;
}

Address coordinator_of(Client& client, const std::string& id, const Deadline& until) {
  WireWriter body;
  body.string(id).int8(of_transactions).tags();
  const auto metadata = client.metadata(until);
  std::optional<Error> last;
  for (const auto& broker : std::span{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)}) {
    const auto found = attempt([&] {
      auto in = exchange(broker.host, broker.port, find_coordinator, coordinator_version, body, until);
      in.skip(4);  // how long it throttled us
      const auto error = static_cast<rd_kafka_resp_err_t>(in.integer(2));
      auto words = in.string().value_or("");
      in.skip(4);  // the coordinator's id
      auto host = in.string().value_or("");
      const auto port = static_cast<int>(in.integer(4));
      need_good(client, error, "looking for the coordinator of transaction " + id, std::move(words));
      return Address{std::move(host), port};
    });
    if (found) return *found;
    last = found.error();
  }
  throw last.value_or(Error{Code::unreachable, {.what = "the cluster has no brokers", .where = address(client.settings())}});
}

}  // namespace

std::vector<OpenTransaction> open_transactions(Client& client, std::span<const Partition> partitions, const Deadline& until) {
  return again_until_answered(client, "looking for open transactions", until, [&](const Deadline& soon) {
    std::vector<OpenTransaction> all;
    for (const auto& [leader, of_one] : by_leader(client, partitions, soon))
      for (auto& one : ask_leader(client, leader, of_one, soon)) all.push_back(std::move(one));
    return all;
  });
}

std::optional<TransactionState> transaction_state(Client& client, const std::string& id, const Deadline& until) {
  const auto doing = "asking what became of transaction " + id;
  return again_until_answered(client, doing, until, [&](const Deadline& soon) -> std::optional<TransactionState> {
    const auto [host, port] = coordinator_of(client, id, soon);
    WireWriter body;
    body.array(1).string(id).tags();
    auto in = exchange(host, port, describe_transactions, 0, body, soon);
    in.skip(4);  // how long it throttled us
    if (in.array() != 1) throw Error{Code::failed, {.what = "the coordinator's answer is about something else"}};
    const auto error = static_cast<rd_kafka_resp_err_t>(in.integer(2));
    static_cast<void>(in.string());  // the id
    TransactionState found{.state = in.string().value_or("")};
    in.skip(4 + 8);  // its time-out, and when it began
    found.producer = in.integer(8);
    found.epoch = static_cast<int>(in.integer(2));
    constexpr auto no_such_id = static_cast<rd_kafka_resp_err_t>(105);  // TRANSACTIONAL_ID_NOT_FOUND, which librdkafka 2.0 has no name for
    if (error == no_such_id) return std::nullopt;
    need_good(client, error, doing);
    return found;
  });
}

void end_transaction(Client& client, const OpenTransaction& open, bool commit, const Deadline& until) {
  const auto doing = fmt::format("ending the transaction that {} holds open from offset {}", to_string(open.partition), open.start);
  WireWriter body;
  body.array(1).int64(open.producer).int16(static_cast<std::int16_t>(open.epoch)).int8(commit ? 1 : 0);
  put_partitions(body, {&open.partition, 1});
  body.int32(std::max(open.coordinator_epoch, 0)).tags().tags();
  again_until_answered(client, doing, until, [&](const Deadline& soon) {
    const auto leader = by_leader(client, {&open.partition, 1}, soon).begin()->first;
    auto in = exchange(leader.first, leader.second, write_txn_markers, markers_version, body, soon);
    if (in.array() != 1) throw Error{Code::failed, {.what = "the leader's answer is about something else"}};
    in.skip(8);  // the producer
    if (in.array() != 1) throw Error{Code::failed, {.what = "the leader's answer is about something else"}};
    static_cast<void>(in.string());  // the topic
    if (in.array() != 1) throw Error{Code::failed, {.what = "the leader's answer is about something else"}};
    in.skip(4);  // the partition
    need_good(client, static_cast<rd_kafka_resp_err_t>(in.integer(2)), doing);
    return true;
  });
}

}  // namespace ctl::kafka
