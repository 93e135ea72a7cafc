#include "transfer/record_limits.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>

#include "core/text.hpp"

namespace ctl::transfer {
namespace {

constexpr std::string_view after = "message.timestamp.after.max.ms", before = "message.timestamp.before.max.ms",
                           difference =
                               "message.timestamp.difference.max.ms",  // both of them, until Kafka 3.6 parted them; 4.0 knows it no more
    type = "message.timestamp.type", size = "max.message.bytes";

/// A config of the topic, as far as anybody knows it.
using Value = std::function<std::optional<std::string>(std::string_view key)>;

std::optional<std::int64_t> number(const Value& value, std::string_view key) {
  const auto text = value(key);
  return text ? parse_integer(*text) : std::nullopt;
}

std::optional<std::int64_t> narrower(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

RecordLimits limits_by(const Value& value, const kafka::Settings& settings) {
  constexpr std::int64_t rdkafka_default = 1'000'000, kafka_default = 1'048'588;
  RecordLimits limits{.client_bytes = rdkafka_default, .topic_bytes = number(value, size).value_or(kafka_default)};
  if (const auto set = settings.properties.find("message.max.bytes"); set != settings.properties.end())
    limits.client_bytes = parse_integer(set->second).value_or(rdkafka_default);
  if (value(type) == "LogAppendTime") return limits;  // the broker's own time: it asks for none
  const auto both = number(value, difference);
  limits.ahead_ms = narrower(number(value, after), both);
  limits.behind_ms = narrower(number(value, before), both);
  return limits;
}

std::string broker_key(std::string_view topic_key) { return topic_key == size ? "message.max.bytes" : "log." + std::string{topic_key}; }

/// What a topic would get from the brokers; of different ones the narrowest.
std::optional<std::string> broker_default(const std::vector<kafka::Broker>& brokers, std::string_view key) {
  std::optional<std::string> found;
  for (const auto& broker : brokers) {
    if (!broker.config) continue;
    const auto entry = broker.config->find(broker_key(key));
    if (entry == broker.config->end()) continue;
    const auto before_this = found ? parse_integer(*found) : std::nullopt;
    const auto its = parse_integer(entry->second);
    if (!before_this || !its || *its < *before_this) found = entry->second;
  }
  return found;
}

}  // namespace

RecordLimits record_limits(kafka::Cluster& cluster, const kafka::Settings& settings, const std::string& topic, const Config& declared,
                           const Deadline& until) {
  const auto state = cluster.describe(std::array{topic}, until).at(topic);
  if (state) return limits_by([&](std::string_view key) { return config_text(*state, key); }, settings);
  if (state.error().code() != Code::not_found) throw Error{state.error()};
  const auto brokers = cluster.brokers(until);
  for (const auto& broker : brokers)
    if (!broker.config) throw Error{broker.config.error()};
  return limits_by(
      [&](std::string_view key) {
        const auto said = declared.find(key);
        return said != declared.end() ? std::optional{said->second} : broker_default(brokers, key);
      },
      settings);
}

}  // namespace ctl::transfer
