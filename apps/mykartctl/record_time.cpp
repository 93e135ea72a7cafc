#include "record_time.hpp"

#include <fmt/format.h>

#include <ctime>

namespace ctl::cli {
namespace {

using namespace std::chrono;

constexpr std::size_t seconds_at = std::string_view{"2026-11-22T10:00:"}.size(), millis_at = seconds_at + 3;

/// Of the process's time zone, which the C library knows; whole minutes in all zones of this century.
minutes offset_at(sys_time<minutes> minute) {
  const auto at = static_cast<std::time_t>(seconds{minute.time_since_epoch()}.count());
  std::tm local{};
  ::localtime_r(&at, &local);
  return duration_cast<minutes>(seconds{local.tm_gmtoff});
}

std::string zone_text(minutes offset) {
  const auto size = offset < 0min ? -offset : offset;
  return fmt::format("{}{:02}:{:02}", offset < 0min ? '-' : '+', size / 1h, (size % 1h).count());
}

void put(std::string& text, std::size_t at, unsigned number, std::size_t digits) {
  for (auto i = digits; i-- > 0; number /= 10) text[at + i] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string_view RecordTime::text(Millis at) {
  const auto minute = floor<minutes>(at);
  if (minute != minute_) {
    const auto offset = zone_ == Zone::local ? offset_at(minute) : 0min;
    minute_ = minute;
    text_ = format_instant(minute + offset);  // "2026-11-22T10:00:00Z"
    text_.replace(millis_at - 1, std::string::npos, ".000").append(zone_ == Zone::local ? zone_text(offset) : "Z");
  }
  const auto millis = static_cast<unsigned>((at - minute).count());
  put(text_, seconds_at, millis / 1000, 2);
  put(text_, millis_at, millis % 1000, 3);
  return text_;
}

}  // namespace ctl::cli
