#include "model/topic.hpp"

#include "core/text.hpp"

namespace ctl {

std::optional<std::string> config_text(const TopicState& state, std::string_view key) {
  const auto entry = state.config.find(key);
  return entry == state.config.end() ? std::nullopt : entry->second.value;
}

std::optional<std::int64_t> config_number(const TopicState& state, std::string_view key) {
  const auto text = config_text(state, key);
  return text ? parse_integer(*text) : std::nullopt;
}

std::string format_retention(std::optional<std::int64_t> ms) {
  if (!ms) return "?";
  return *ms < 0 ? "forever" : format_duration(std::chrono::milliseconds{*ms});
}

}  // namespace ctl
