#include "kafka/incremental.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "kafka/wire.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

/// What says the same with Kafka's own tools.
std::string by_hand(const Client& client, const std::string& topic, const Config& set, std::span<const std::string> reset) {
  auto command =
      fmt::format("kafka-configs.sh --bootstrap-server {} --entity-type topics --entity-name {} --alter", client.settings().brokers, topic);
  std::vector<std::string> pairs;
  for (const auto& [key, value] : set)
    pairs.push_back(value.find(',') == std::string::npos ? key + '=' + value : fmt::format("{}=[{}]", key, value));
  if (!set.empty()) command += fmt::format(" --add-config '{}'", fmt::join(pairs, ","));
  if (!reset.empty()) command += fmt::format(" --delete-config {}", fmt::join(reset, ","));
  return command;
}

/// AlterConfigs is no way out: it replaces all overrides, and what somebody sets after they were read is lost.
Error no_way(const Client& client, const std::string& topic, const Config& set, std::span<const std::string> reset, std::string cause) {
  return {Code::refused,
          {.what = fmt::format("the configs of topic {} cannot be changed from here without a risk for its other overrides", topic),
           .cause = std::move(cause),
           .where = address(client.settings()),
           .hint = by_hand(client, topic, set, reset)}};
}

constexpr auto old_broker = "the broker does not know IncrementalAlterConfigs, which came with Kafka 2.4";

}  // namespace

#if RD_KAFKA_VERSION >= 0x020200ff

void alter_incrementally(Client& client, const std::string& topic, const Config& set, std::span<const std::string> reset,
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
  if (error == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION) throw no_way(client, topic, set, reset, old_broker);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw client.failure(error, doing, rd_kafka_ConfigResource_error_string(results[0]));
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

struct Answer {
  rd_kafka_resp_err_t error{};
  std::string words{};
};

Answer ask_controller(Client& client, const WireWriter& body, const Deadline& until) {
  const auto metadata = client.metadata(until);
  const std::span brokers{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)};
  const auto controller =
      std::find_if(brokers.begin(), brokers.end(),
                   [id = rd_kafka_controllerid(client.get(), until.left_ms())](const auto& broker) { return broker.id == id; });
  if (controller == brokers.end())
    throw Error{Code::unreachable, {.what = "the cluster has no controller", .where = address(client.settings())}};

  auto answer = exchange(controller->host, controller->port, incremental_alter_configs, 1, body, until);
  answer.skip(4);                     // how long it throttled us
  static_cast<void>(answer.array());  // how many resources: the one
  const auto error = static_cast<rd_kafka_resp_err_t>(answer.integer(2));
  return {error, answer.string().value_or("")};
}

}  // namespace

void alter_incrementally(Client& client, const std::string& topic, const Config& set, std::span<const std::string> reset,
                         const Deadline& until) {
  const auto doing = "changing the configs of topic " + topic;
  if (!is_plain(client.settings()))
    throw no_way(
        client, topic, set, reset,
        fmt::format("librdkafka {} has only the call that replaces them all on a connection with TLS or SASL; 2.2 has the other one",
                    rd_kafka_version_str()));
  // A controller that dies costs a look for the next one; that the request may arrive twice does not matter.
  for (auto patience = 2000ms;; patience *= 2) {
    const auto answer = attempt([&] { return ask_controller(client, request(topic, set, reset), until.within(patience)); });
    if (answer && answer->error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (answer && answer->error == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION) throw no_way(client, topic, set, reset, old_broker);
    auto error = answer ? client.failure(answer->error, doing, answer->words) : answer.error();
    const bool may_pass =
        error.code() == Code::unreachable || error.code() == Code::timeout || (answer && answer->error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER);
    if (!may_pass || until.over() || client.hopeless()) {
      if (!answer) error.within(doing);
      throw error;
    }
    until.sleep(100ms);
  }
}

#endif
}  // namespace ctl::kafka
