#include "model/record_position.hpp"

namespace ctl {

std::optional<Millis> parse_instant_or_age(std::string_view text, Millis now) {
  if (!text.starts_with('-')) return parse_instant(text);
  const auto age = text.substr(1);
  if (age.find_first_not_of("0123456789") == std::string_view::npos) return std::nullopt;
  if (const auto duration = parse_duration(age)) return now - *duration;
  return std::nullopt;
}

std::optional<RecordPosition> parse_record_position(std::string_view text, Millis now) {
  using Of = RecordPosition::Of;
  if (text == "beginning") return RecordPosition{.of = Of::beginning};
  if (text == "end") return RecordPosition{.of = Of::end};
  if (const auto number = parse_integer(text))
    return RecordPosition{.of = *number < 0 ? Of::last : Of::offset, .number = *number < 0 ? -*number : *number};
  if (const auto at = parse_instant_or_age(text, now)) return RecordPosition{.of = Of::instant, .at = *at};
  return std::nullopt;
}

}  // namespace ctl
