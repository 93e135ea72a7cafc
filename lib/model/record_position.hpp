#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/text.hpp"

namespace ctl {

/// Where in a topic to begin or to end, as people type it: `beginning | end | -N | OFFSET | INSTANT`.
struct RecordPosition {
  enum class Of : unsigned char { beginning, end, last, offset, instant } of{};
  std::int64_t number{};  ///< last: how many records before the end of each partition; offset: that offset in each partition
  Millis at{};            ///< instant: the first record at or after it
};
[[nodiscard]] std::optional<RecordPosition> parse_record_position(std::string_view text, Millis now);

/// An RFC 3339 instant, or an age before `now`: "-2h", "-90s", "-7d". nullopt for anything else; "-5" has no unit and is no age.
[[nodiscard]] std::optional<Millis> parse_instant_or_age(std::string_view text, Millis now);

}  // namespace ctl
