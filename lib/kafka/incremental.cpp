#include "kafka/incremental.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kafka/wire.hpp"

namespace ctl::kafka {
#if RD_KAFKA_VERSION >= 0x020200ff

bool alter_incrementally(Client& client, const std::string& topic, const Config& set, std::span<const std::string> reset,
                         const Deadline& until) {
  const auto doing = "changing the configs of topic " + topic;
  const ConfigResource resource{rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())};
  for (const auto& [key, value] : set)
    Failure{rd_kafka_ConfigResource_add_incremental_config(resource.get(), key.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value.c_str())};
  for (const auto& key : reset)
    Failure{rd_kafka_ConfigResource_add_incremental_config(resource.get(), key.c_str(), RD_KAFKA_ALTER_CONFIG_OP_TYPE_DELETE, nullptr)};
  const auto event = client.ask(RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS, doing, until, [&](const auto* options, auto* queue) {
    auto* one = resource.get();
    rd_kafka_IncrementalAlterConfigs(client.get(), &one, 1, options, queue);
  });
  std::size_t count = 0;
  const auto** results =
      rd_kafka_IncrementalAlterConfigs_result_resources(rd_kafka_event_IncrementalAlterConfigs_result(event.get()), &count);
  const auto error = rd_kafka_ConfigResource_error(results[0]);
  if (error == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION) return false;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw client.failure(error, doing, rd_kafka_ConfigResource_error_string(results[0]));
  return true;
}

#else

namespace {

constexpr std::int16_t incremental_alter_configs = 44;
constexpr std::int8_t topic_resource = 2, op_set = 0, op_delete = 1;

WireWriter request(const std::string& topic, const Config& set, std::span<const std::string> reset) {
  WireWriter body;
  body.array(1).int8(topic_resource).string(topic).array(set.size() + reset.size());
  for (const auto& [key, value] : set) body.string(key).int8(op_set).string(value).tags();
  for (const auto& key : reset) body.string(key).int8(op_delete).string(std::nullopt).tags();
  body.tags().int8(0).tags();  // not just validate
  return body;
}

}  // namespace

bool alter_incrementally(Client& client, const std::string& topic, const Config& set, std::span<const std::string> reset,
                         const Deadline& until) {
  if (!is_plain(client.settings())) return false;
  const auto metadata = client.metadata(until);
  const std::span brokers{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)};
  const auto controller =
      std::find_if(brokers.begin(), brokers.end(),
                   [id = rd_kafka_controllerid(client.get(), until.left_ms())](const auto& broker) { return broker.id == id; });
  if (controller == brokers.end()) return false;

  auto answer = exchange(controller->host, controller->port, incremental_alter_configs, 1, request(topic, set, reset), until);
  answer.skip(4);                     // how long it throttled us
  static_cast<void>(answer.array());  // how many resources: the one
  const auto error = static_cast<rd_kafka_resp_err_t>(answer.integer(2));
  if (error == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION) return false;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw client.failure(error, "changing the configs of topic " + topic, answer.string().value_or(""));
  return true;
}

#endif
}  // namespace ctl::kafka
