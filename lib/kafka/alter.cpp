#include <fmt/format.h>

#include <algorithm>

#include "kafka/admin.hpp"
#include "kafka/cluster_impl.hpp"
#include "kafka/configs.hpp"
#include "kafka/incremental.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

/// The overrides of a topic: what is set on the topic itself.
Config overrides(Client& client, const std::string& topic, const Deadline& until) {
  const auto configs = std::move(topic_configs(client, {&topic, 1}, {}, until).at(topic));
  if (!configs) throw Error{configs.error()};
  Config found;
  for (const auto& [key, entry] : *configs) {
    if (entry.origin != Origin::topic) continue;
    if (!entry.value)
      throw Error{Code::refused,
                  {.what = fmt::format("the configs of topic {} are not touched", topic),
                   .cause = fmt::format("the broker does not tell the value of its override {}, which a change would lose", key),
                   .where = address(client.settings())}};
    found.emplace(key, *entry.value);
  }
  return found;
}

Config merged(Config config, const Config& set, std::span<const std::string> reset) {
  for (const auto& [key, value] : set) config.insert_or_assign(key, value);
  for (const auto& key : reset) config.erase(key);
  return config;
}

bool shows(const Config& config, const Config& set, std::span<const std::string> reset) {
  return std::all_of(set.begin(), set.end(),
                     [&](const auto& wanted) {
                       const auto found = config.find(wanted.first);
                       return found != config.end() && same_config(found->second, wanted.second);
                     }) &&
         std::none_of(reset.begin(), reset.end(), [&](const auto& key) { return config.contains(key); });
}

void check(Client& client, std::string_view doing, const rd_kafka_ConfigResource_t* const* results) {
  if (const auto error = rd_kafka_ConfigResource_error(results[0]); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw client.failure(error, doing, rd_kafka_ConfigResource_error_string(results[0]));
}

/// AlterConfigs replaces the whole override set, so all of it is sent: what was read a moment ago, with the changes. What somebody sets in
/// that moment is lost, hence only where the incremental call is not to be had.
void replace(Client& client, const std::string& topic, const Config& config, std::string_view doing, const Deadline& until) {
  const ConfigResource resource{rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str())};
  for (const auto& [key, value] : config) rd_kafka_ConfigResource_set_config(resource.get(), key.c_str(), value.c_str());
  const auto event = client.ask(RD_KAFKA_ADMIN_OP_ALTERCONFIGS, doing, until, [&](const auto* options, auto* queue) {
    auto* one = resource.get();
    rd_kafka_AlterConfigs(client.get(), &one, 1, options, queue);
  });
  std::size_t count = 0;
  check(client, doing, rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event.get()), &count));
}

}  // namespace

void Admin::alter(std::string_view topic, const Config& set, std::span<const std::string> reset, const Deadline& until) {
  auto& client = cluster_.impl_->client;
  const std::string name{topic};
  const auto doing = "changing the configs of topic " + name;
  for (int round = 0; round < 5; ++round) {
    const auto before = overrides(client, name, until);
    if (shows(before, set, reset)) return;
    if (!alter_incrementally(client, name, set, reset, until)) replace(client, name, merged(before, set, reset), doing, until);

    auto after = overrides(client, name, until);
    for (const auto patience = until.within(2s); !shows(after, set, reset) && !patience.over(); after = overrides(client, name, until))
      patience.sleep(10ms);
    for (const auto& [key, value] : merged(before, {}, reset))
      if (!set.contains(key) && !after.contains(key))
        throw Error{Code::drift,
                    {.what = fmt::format("override {} of topic {} vanished while its configs were changed", key, name),
                     .cause = fmt::format("somebody else changes this topic; the value was {}", value),
                     .where = address(client.settings())}};
    if (shows(after, set, reset)) return;
  }
  throw Error{
      Code::drift,
      {.what = doing + " does not last", .cause = "somebody else changes them at the same time", .where = address(client.settings())}};
}

}  // namespace ctl::kafka
