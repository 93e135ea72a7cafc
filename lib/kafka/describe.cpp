#include <algorithm>
#include <chrono>
#include <future>
#include <set>
#include <unordered_map>

#include "kafka/cluster_impl.hpp"
#include "kafka/configs.hpp"

namespace ctl::kafka {
namespace {

using Seen = std::unordered_map<std::string_view, const rd_kafka_metadata_topic*>;

constexpr std::string_view internal_prefix =
    "__";  // __consumer_offsets, __transaction_state, __share_group_state: metadata v4 does not say

TopicState state_of(const rd_kafka_metadata_topic& topic, Configs configs) {
  TopicState state{.name = topic.topic,
                   .partitions = {},
                   .config = std::move(configs),
                   .internal = std::string_view{topic.topic}.starts_with(internal_prefix)};
  for (const auto& partition : std::span{topic.partitions, static_cast<std::size_t>(topic.partition_cnt)})
    state.partitions.push_back({.id = partition.id,
                                .leader = partition.leader,
                                .replicas = {partition.replicas, partition.replicas + partition.replica_cnt},
                                .isr = {partition.isrs, partition.isrs + partition.isr_cnt}});
  std::sort(state.partitions.begin(), state.partitions.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return state;
}

Seen by_name(const rd_kafka_metadata_t& metadata) {
  Seen all;
  for (const auto& topic : std::span{metadata.topics, static_cast<std::size_t>(metadata.topic_cnt)})
    if (topic.partition_cnt > 0) all.emplace(topic.topic, &topic);  // none: one that was asked for by name and is not there
  return all;
}

}  // namespace

std::map<std::string, Known<TopicState>> Cluster::describe(std::span<const std::string> topics, std::span<const std::string> keys,
                                                           const Deadline& until) {
  auto& client = impl_->client;
  // Asked for missing ones too: metadata leaves out what we may not see, DescribeConfigs says whether it is unknown or denied.
  TopicConfigs asked{client, topics, keys, until};
  const auto metadata = client.metadata(until, topics.size() == 1 ? &topics.front() : nullptr);
  const auto seen = by_name(*metadata);
  std::map<std::string, Known<TopicState>> found;
  for (auto& [name, configs] : asked.take(until)) {
    const auto topic = seen.find(name);
    if (!configs && configs.error().code() == Code::not_found)
      found.emplace(name, tl::unexpected<Error>{
                              Error{Code::not_found, {.what = "topic " + name + " does not exist", .where = address(client.settings())}}});
    else if (!configs)
      found.emplace(name, tl::unexpected<Error>{configs.error()});
    else if (topic == seen.end())
      found.emplace(name, tl::unexpected<Error>{Error{Code::denied,
                                                      {.what = "topic " + name + " is not shown",
                                                       .cause = "its configs can be read, but metadata leaves it out",
                                                       .where = address(client.settings()),
                                                       .hint = "grant DESCRIBE on the topic"}}});
    else
      found.emplace(name, state_of(*topic->second, std::move(*configs)));
  }
  return found;
}

std::map<std::string, Known<TopicState>> Cluster::describe_all(const Names& likely, std::span<const std::string> keys,
                                                               const Deadline& until) {
  auto& client = impl_->client;
  auto asking = std::async(std::launch::async, [&] {
    const auto names = likely();
    return std::pair{std::set<std::string, std::less<>>{names.begin(), names.end()}, TopicConfigs{client, names, keys, until}};
  });
  const auto metadata = client.metadata(until);
  const auto seen = by_name(*metadata);
  std::map<std::string, Known<TopicState>> found;
  for (const auto& [name, topic] : seen) found.emplace(name, state_of(*topic, {}));

  auto [names, asked] = asking.get();
  std::vector<std::string> others;
  for (const auto& [name, state] : found)
    if (!names.contains(name)) others.push_back(name);
  TopicConfigs asked_too{client, others, keys, until};
  for (auto* const configs : {&asked, &asked_too})
    for (auto& [name, config] : configs->take(until))
      if (const auto topic = found.find(name); topic != found.end()) {
        if (config)
          topic->second->config = std::move(*config);
        else
          topic->second = tl::unexpected<Error>{config.error()};
      }
  return found;
}

std::vector<Broker> Cluster::brokers(const Deadline& until) {
  auto& client = impl_->client;
  const auto metadata = client.metadata(until);
  const auto controller = rd_kafka_controllerid(client.get(), until.left_ms());
  std::vector<Broker> brokers;
  std::vector<int> ids;
  for (const auto& broker : std::span{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)})
    brokers.push_back({.id = broker.id, .host = broker.host, .port = broker.port, .controller = broker.id == controller, .config = {}});
  std::sort(brokers.begin(), brokers.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (const auto& broker : brokers) ids.push_back(broker.id);

  const auto configs = broker_configs(client, ids, until.within(std::chrono::seconds{5}));  // long enough for a living one
  for (std::size_t i = 0; i < brokers.size(); ++i) {
    if (!configs[i]) {
      brokers[i].config = tl::unexpected<Error>{configs[i].error()};
      continue;
    }
    for (const auto& [key, entry] : *configs[i])
      if (entry.value) brokers[i].config->emplace(key, *entry.value);
  }
  return brokers;
}

}  // namespace ctl::kafka
