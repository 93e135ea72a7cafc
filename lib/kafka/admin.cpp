#include "kafka/admin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "kafka/cluster_impl.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

using Results = const rd_kafka_topic_result_t** (*)(rd_kafka_event_t*, std::size_t*);

/// A request about one topic; throws the broker's own words when it failed. With `done_before` the broker says that the topic is so already
/// or is somebody else's: a request may arrive twice, because it was sent again, or because the broker that forwards it to the controller
/// did so. That is returned, and confirm() sees which it is.
std::optional<Error> change(Client& client, rd_kafka_admin_op_t operation, std::string_view doing, const Deadline& until,
                            const Client::Send& send, Results results_of, rd_kafka_resp_err_t done_before) {
  const auto event = client.ask(operation, doing, until, send);
  std::size_t count = 0;
  const auto** results = results_of(event.get(), &count);
  for (const auto* result : std::span{results, count}) {
    const auto error = rd_kafka_topic_result_error(result);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const auto* words = rd_kafka_topic_result_error_string(result);
    auto failure = client.failure(error, doing, words != nullptr ? words : "");
    if (error == done_before) return failure;
    throw failure;
  }
  return std::nullopt;
}

/// Reads the topic again until it is as `wanted` says: brokers learn of a change a little after the controller confirmed it. What the
/// broker `said` instead of confirming is thrown if it does not become so.
void confirm(Cluster& cluster, const std::string& topic, std::string_view doing, const std::optional<Error>& said, const Deadline& until,
             const std::function<bool(const Known<TopicState>&)>& wanted) {
  const auto patience = until.within(2s);
  for (auto pause = 5ms; !wanted(cluster.describe({&topic, 1}, until).at(topic)); pause = std::min(pause * 2, 200ms)) {
    if (said && patience.over()) throw *said;
    until.sleep(pause);
    until.check(fmt::format("{}: it was confirmed, but does not show yet", doing));
  }
}

bool has_leaders(const TopicState& state, int partitions) {
  return std::ssize(state.partitions) == partitions &&
         std::all_of(state.partitions.begin(), state.partitions.end(), [](const auto& partition) { return partition.leader >= 0; });
}

bool shows(const TopicState& state, const Config& config) {
  return std::all_of(config.begin(), config.end(), [&](const auto& wanted) {
    const auto found = state.config.find(wanted.first);
    return found != state.config.end() && found->second.value && same_config(*found->second.value, wanted.second);
  });
}

}  // namespace

void Admin::create(const TopicSpec& spec, const Deadline& until) {
  auto& client = cluster_.impl_->client;
  const auto doing = "creating topic " + spec.name;
  std::array<char, 512> text{};
  const NewTopic topic{
      rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, spec.replication > 0 ? spec.replication : -1, text.data(), text.size())};
  if (!topic) throw Error{Code::failed, {.what = doing + " failed", .cause = text.data()}};
  for (const auto& [key, value] : spec.config) rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
  const auto said = change(
      client, RD_KAFKA_ADMIN_OP_CREATETOPICS, doing, until,
      [&](const auto* options, auto* queue) {
        auto* one = topic.get();
        rd_kafka_CreateTopics(client.get(), &one, 1, options, queue);
      },
      [](auto* event, auto* count) { return rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), count); },
      RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS);
  confirm(cluster_, spec.name, doing, said, until,
          [&](const auto& state) { return state && has_leaders(*state, spec.partitions) && shows(*state, spec.config); });
}

void Admin::add_partitions(std::string_view topic, int total, const Deadline& until) {
  auto& client = cluster_.impl_->client;
  const std::string name{topic};
  const auto doing = fmt::format("bringing topic {} to {} partitions", name, total);
  std::array<char, 512> text{};
  const NewPartitions more{
      rd_kafka_NewPartitions_new(name.c_str(), static_cast<std::size_t>(std::max(total, 0)), text.data(), text.size())};
  if (!more) throw Error{Code::failed, {.what = doing + " failed", .cause = text.data()}};
  const auto said = change(
      client, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, doing, until,
      [&](const auto* options, auto* queue) {
        auto* one = more.get();
        rd_kafka_CreatePartitions(client.get(), &one, 1, options, queue);
      },
      [](auto* event, auto* count) {
        return rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), count);
      },
      RD_KAFKA_RESP_ERR_INVALID_PARTITIONS);
  confirm(cluster_, name, doing, said, until, [&](const auto& state) { return state && has_leaders(*state, total); });
}

void Admin::remove(std::string_view topic, const Deadline& until) {
  auto& client = cluster_.impl_->client;
  const std::string name{topic};
  const auto doing = "deleting topic " + name;
  const DeleteTopic gone{rd_kafka_DeleteTopic_new(name.c_str())};
  const auto said = change(
      client, RD_KAFKA_ADMIN_OP_DELETETOPICS, doing, until,
      [&](const auto* options, auto* queue) {
        auto* one = gone.get();
        rd_kafka_DeleteTopics(client.get(), &one, 1, options, queue);
      },
      [](auto* event, auto* count) { return rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), count); },
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  confirm(cluster_, name, doing, said, until, [](const auto& state) { return !state && state.error().code() == Code::not_found; });
}

}  // namespace ctl::kafka
