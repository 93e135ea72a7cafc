#pragma once
#include <string>
#include <string_view>

#include "core/text.hpp"

namespace ctl::cli {

/// The times of records as text, RFC 3339. Records come in the order of their times more or less, so the text of the last minute is kept.
class RecordTime {
 public:
  enum class Zone : unsigned char { utc, local };
  explicit RecordTime(Zone zone = Zone::utc) : zone_{zone} {}
  /// 2026-11-22T10:00:00.123Z, always with milliseconds; with the process's zone 2026-11-22T11:00:00.123+01:00. Valid until the next call.
  [[nodiscard]] std::string_view text(Millis);

 private:
  Zone zone_;
  std::chrono::sys_time<std::chrono::minutes> minute_{std::chrono::minutes::min()};
  std::string text_{};
};

}  // namespace ctl::cli
