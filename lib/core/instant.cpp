#include <fmt/format.h>

#include "core/text.hpp"

namespace ctl {
namespace {

/// Takes `count` digits off the front of `rest`; -1 if they are not there.
int digits(std::string_view& rest, std::size_t count) {
  if (rest.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (rest[i] < '0' || rest[i] > '9') return -1;
    value = value * 10 + (rest[i] - '0');
  }
  rest.remove_prefix(count);
  return value;
}

bool take(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<int> fraction_ms(std::string_view& rest) {
  if (!take(rest, ".")) return 0;
  int ms = 0, seen = 0;
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++seen)
    if (seen < 3) ms = ms * 10 + (rest.front() - '0');
  if (seen == 0 || seen > 9) return std::nullopt;
  for (; seen < 3; ++seen) ms *= 10;
  return ms;
}

std::optional<int> offset_minutes(std::string_view& rest) {
  if (take(rest, "Zz")) return 0;
  const int sign = !rest.empty() && rest.front() == '-' ? -1 : 1;
  if (!take(rest, "+-")) return std::nullopt;
  const int hours = digits(rest, 2);
  if (!take(rest, ":")) return std::nullopt;
  const int minutes = digits(rest, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

}  // namespace

Millis now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

std::string format_instant(Millis at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                          static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() != 0) text += fmt::format(".{:03}", time.subseconds().count());
  return text + "Z";
}

std::optional<Millis> parse_instant(std::string_view text) {
  using namespace std::chrono;
  auto rest = text;
  const int y = digits(rest, 4);
  if (!take(rest, "-")) return std::nullopt;
  const int mo = digits(rest, 2);
  if (!take(rest, "-")) return std::nullopt;
  const int d = digits(rest, 2);
  if (!take(rest, "Tt ")) return std::nullopt;
  const int h = digits(rest, 2);
  if (!take(rest, ":")) return std::nullopt;
  const int mi = digits(rest, 2);
  if (!take(rest, ":")) return std::nullopt;
  const int s = digits(rest, 2);
  const auto ms = fraction_ms(rest);
  const auto offset = offset_minutes(rest);
  if (y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59 || !ms || !offset || !rest.empty())
    return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return Millis{sys_days{date}} + hours{h} + minutes{mi - *offset} + seconds{s} + milliseconds{*ms};
}

}  // namespace ctl
