#include "plan/config_risk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/text.hpp"

namespace ctl::plan {
namespace {

constexpr std::string_view milliseconds = ".ms";

/// Limits in which any negative number means none.
std::int64_t limit(std::string_view text) {
  const auto number = parse_integer(text).value_or(-1);
  return number < 0 ? std::numeric_limits<std::int64_t>::max() : number;
}

}  // namespace

std::string spoken(std::string_view key) {
  return std::string{key.ends_with(milliseconds) ? key.substr(0, key.size() - milliseconds.size()) : key};
}

std::string spoken(std::string_view key, std::string_view value) {
  const auto number = parse_integer(value);
  return key.ends_with(milliseconds) && number && *number > 0 ? format_duration(std::chrono::milliseconds{*number}) : std::string{value};
}

Danger danger(std::string_view key, std::string_view before, std::string_view after) {
  if ((key == "retention.ms" || key == "retention.bytes") && limit(after) < limit(before))
    return {Risk::destructive, fmt::format("a shorter {} deletes records that are kept now", spoken(key))};
  if (key == "cleanup.policy") {
    const auto now = split(before, ',');
    for (const auto& policy : split(after, ','))
      if (std::find(now.begin(), now.end(), policy) == now.end())
        return {Risk::destructive, policy == "compact" ? "compaction keeps the last record of each key and deletes the others"
                                                       : "records older than the retention are deleted"};
  }
  if (key == "max.message.bytes" && limit(after) < limit(before))
    return {Risk::disruptive, fmt::format("records larger than {} bytes will be refused", after)};
  if (key == "min.insync.replicas" && limit(after) > limit(before))
    return {Risk::disruptive, fmt::format("producers with acks=all wait while fewer than {} replicas are in sync", after)};
  if (key == "message.timestamp.type") return {Risk::disruptive, "record times will mean something else from now on"};
  return {};
}

}  // namespace ctl::plan
