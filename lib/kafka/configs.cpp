#include "kafka/configs.hpp"

#include <fmt/format.h>

#include <set>

namespace ctl::kafka {
namespace {

constexpr std::size_t batch = 500;

Origin origin_of(rd_kafka_ConfigSource_t source) noexcept {
  switch (source) {
    case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG: return Origin::topic;
    case RD_KAFKA_CONFIG_SOURCE_DEFAULT_CONFIG: return Origin::standard;
    default: return Origin::broker;
  }
}

Known<Configs> read(Client& client, const rd_kafka_ConfigResource_t* resource) {
  if (const auto error = rd_kafka_ConfigResource_error(resource); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected<Error>{client.failure(error, fmt::format("reading the configs of {}", rd_kafka_ConfigResource_name(resource)),
                                                rd_kafka_ConfigResource_error_string(resource))};
  std::size_t count = 0;
  const auto* const* entries = rd_kafka_ConfigResource_configs(resource, &count);
  Configs configs;
  for (const auto* entry : std::span{entries, count}) {
    const auto* value = rd_kafka_ConfigEntry_value(entry);
    const bool told = value != nullptr && rd_kafka_ConfigEntry_is_sensitive(entry) == 0;
    configs[rd_kafka_ConfigEntry_name(entry)] = {told ? std::optional<std::string>{value} : std::nullopt,
                                                 origin_of(rd_kafka_ConfigEntry_source(entry))};
  }
  return configs;
}

std::span<const rd_kafka_ConfigResource_t* const> resources(const rd_kafka_event_t* event) {
  std::size_t count = 0;
  const auto* const* found =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(const_cast<rd_kafka_event_t*>(event)), &count);
  return {found, count};
}

/// Keys that are added to a resource limit the answer to them; their values are not looked at.
Client::Send describe(Client& client, rd_kafka_ResourceType_t type, std::vector<std::string> names, std::vector<std::string> keys = {}) {
  return
      [&client, type, names = std::move(names), keys = std::move(keys)](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        std::vector<ConfigResource> owners;
        std::vector<rd_kafka_ConfigResource_t*> asked;
        for (const auto& name : names) {
          owners.emplace_back(rd_kafka_ConfigResource_new(type, name.c_str()));
          asked.push_back(owners.back().get());
          for (const auto& key : keys) rd_kafka_ConfigResource_set_config(owners.back().get(), key.c_str(), "");
        }
        rd_kafka_DescribeConfigs(client.get(), asked.data(), asked.size(), options, queue);
      };
}

}  // namespace

TopicConfigs::TopicConfigs(Client& client, std::span<const std::string> topics, std::span<const std::string> keys, const Deadline& until)
    : client_{&client} {
  const std::set<std::string> distinct{topics.begin(), topics.end()};  // the broker refuses a request that names one twice
  for (auto name = distinct.begin(); name != distinct.end();) {
    std::vector<std::string> names;
    for (; name != distinct.end() && names.size() < batch; ++name) names.push_back(*name);
    auto request = describe(client, RD_KAFKA_RESOURCE_TOPIC, std::move(names), {keys.begin(), keys.end()});
    auto answer = client.send(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, until.within(Client::first_patience), request);
    batches_.push_back({std::move(request), std::move(answer)});
  }
}

std::map<std::string, Known<Configs>> TopicConfigs::take(const Deadline& until) {
  std::map<std::string, Known<Configs>> found;
  for (auto& [request, answer] : batches_) {
    const auto event = client_->ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "reading topic configs", until, request, std::move(answer));
    for (const auto* resource : resources(event.get()))
      found.insert_or_assign(rd_kafka_ConfigResource_name(resource), read(*client_, resource));
  }
  return found;
}

std::vector<Known<Configs>> broker_configs(Client& client, std::span<const int> ids, const Deadline& until) {
  constexpr std::string_view doing = "reading broker configs";
  std::vector<Client::Send> requests;
  for (const auto id : ids) requests.push_back(describe(client, RD_KAFKA_RESOURCE_BROKER, {fmt::format("{}", id)}));
  const auto events = client.ask_all(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, doing, until, requests);
  std::vector<Known<Configs>> found;
  for (const auto& event : events) {
    if (!event)
      found.emplace_back(tl::unexpected<Error>{client.failure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing)});
    else if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
      found.emplace_back(tl::unexpected<Error>{client.failure(error, doing, rd_kafka_event_error_string(event.get()))});
    else
      found.push_back(read(client, resources(event.get()).front()));
  }
  return found;
}

}  // namespace ctl::kafka
