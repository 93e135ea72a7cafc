#include <fmt/format.h>

#include <algorithm>

#include "kafka/admin.hpp"
#include "kafka/cluster_impl.hpp"
#include "kafka/configs.hpp"
#include "kafka/incremental.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

/// The overrides of a topic: what is set on the topic itself. Without those whose value the broker keeps to itself.
Config overrides(Client& client, const std::string& topic, const Deadline& until) {
  const auto configs = std::move(TopicConfigs{client, {&topic, 1}, {}, until}.take(until).at(topic));
  if (!configs) throw Error{configs.error()};
  Config found;
  for (const auto& [key, entry] : *configs)
    if (entry.origin == Origin::topic && entry.value) found.emplace(key, *entry.value);
  return found;
}

bool shows(const Config& config, const Config& set, std::span<const std::string> reset) {
  return std::all_of(set.begin(), set.end(),
                     [&](const auto& wanted) {
                       const auto found = config.find(wanted.first);
                       return found != config.end() && same_config(found->second, wanted.second);
                     }) &&
         std::none_of(reset.begin(), reset.end(), [&](const auto& key) { return config.contains(key); });
}

}  // namespace

void Admin::alter(std::string_view topic, const Config& set, std::span<const std::string> reset, const Deadline& until) {
  auto& client = cluster_.impl_->client;
  const std::string name{topic};
  const auto doing = "changing the configs of topic " + name;
  for (int round = 0; round < 5; ++round) {
    const auto before = overrides(client, name, until);
    if (shows(before, set, reset)) return;
    alter_incrementally(client, name, set, reset, until);

    auto after = overrides(client, name, until);
    for (const auto patience = until.within(2s); !shows(after, set, reset) && !patience.over(); after = overrides(client, name, until))
      patience.sleep(10ms);
    for (const auto& [key, value] : before)
      if (!after.contains(key) && !set.contains(key) && std::find(reset.begin(), reset.end(), key) == reset.end())
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
