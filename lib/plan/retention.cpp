#include "plan/retention.hpp"

#include <algorithm>
#include <limits>

namespace ctl::plan {
namespace {

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

}  // namespace ctl::plan
