#include "plan/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace ctl::plan {
namespace {

/// How long the brokers' own disks keep what tiered storage has.
constexpr std::array<std::string_view, 2> local_limits{"local.retention.ms", "local.retention.bytes"};
constexpr std::string_view as_retention = "-2";  ///< as retention.ms and retention.bytes, which are held

std::string_view text(const Config& config, std::string_view key, std::string_view otherwise) {
  const auto found = config.find(key);
  return found == config.end() ? otherwise : std::string_view{found->second};
}

}  // namespace

Config effective(const TopicState& state) {
  Config config;
  for (const auto& [key, entry] : state.config)
    if (entry.value) config.emplace(key, *entry.value);
  return config;
}

std::optional<Expiry> expiry(const Config& effective, Millis oldest, Millis now) {
  constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
  const auto age = now - oldest;
  const auto beyond = [&](std::string_view key, std::int64_t otherwise, Expiry::How how) -> std::optional<Expiry> {
    auto limit = parse_integer(text(effective, key, "")).value_or(otherwise);
    if (limit < 0) limit = unlimited;
    if (age.count() <= limit) return std::nullopt;
    return Expiry{.how = how, .before = now - std::chrono::milliseconds{limit}, .limit = std::chrono::milliseconds{limit}, .age = age};
  };
  if (text(effective, "message.timestamp.type", "CreateTime") == "LogAppendTime") return std::nullopt;  // the broker writes its own time
  if (const auto refused = beyond("message.timestamp.before.max.ms", unlimited, Expiry::How::refused)) return refused;
  const auto policies = split(text(effective, "cleanup.policy", "delete"), ',');
  if (std::find(policies.begin(), policies.end(), "delete") == policies.end()) return std::nullopt;
  return beyond("retention.ms", std::chrono::milliseconds{std::chrono::days{7}}.count(), Expiry::How::deleted);
}

std::vector<Hold> holds_of_history(const std::string& topic, const Config& declared) {
  std::vector<Hold> holds{{topic, "retention.ms", "-1"}, {topic, "retention.bytes", "-1"}, {topic, "cleanup.policy", "delete"}};
  for (const auto key : local_limits)
    if (declared.contains(key)) holds.push_back({topic, std::string{key}, std::string{as_retention}});
  return holds;
}

std::vector<std::string> removers(const Config& effective) {
  std::vector<std::string> found;
  const auto policies = split(text(effective, "cleanup.policy", "delete"), ',');
  if (std::find(policies.begin(), policies.end(), "compact") != policies.end())
    found.push_back("cleanup.policy " + std::string{text(effective, "cleanup.policy", "")});
  if (const auto bytes = parse_integer(text(effective, "retention.bytes", "-1")); bytes && *bytes >= 0)
    found.push_back(fmt::format("retention.bytes {}", *bytes));
  return found;
}

}  // namespace ctl::plan
