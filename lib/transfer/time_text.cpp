#include "transfer/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace ctl::transfer {
namespace {

constexpr std::int64_t second_us = 1'000'000, day_us = 86'400 * second_us;
constexpr std::int64_t latest_us = 8'640'000'000'000'000'000;  // ECMA-262: a time value is at most 8.64e15 ms

struct Date {
  std::int64_t year{};
  int month{}, day{};
};

// Days since 1970 of a proleptic Gregorian date and back; std::chrono::year ends at 32767.
constexpr std::int64_t days_of(Date d) {
  const std::int64_t y = d.month <= 2 ? d.year - 1 : d.year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
  const std::int64_t in_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  return era * 146'097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719'468;
}
constexpr std::int64_t earliest_us = days_of({1, 1, 1}) * day_us;
constexpr Date date_of(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097, of_era = days - era * 146'097;
  const std::int64_t in_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * in_era + in_era / 4 - in_era / 100), shifted = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {in_era + era * 400 + (month <= 2 ? 1 : 0), month, static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1)};
}
constexpr int days_in(std::int64_t year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// Reads a text from the front; once something is not as it should be, `good` stays false.
struct Scanner {
  std::string_view rest;
  bool good{true};

  [[nodiscard]] bool next_is(char c) const { return !rest.empty() && rest.front() == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(char c) { good = take(c) && good; }
  std::int64_t digits(std::size_t least, std::size_t most) {
    std::int64_t value = 0;
    std::size_t seen = 0;
    for (; seen < most && !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++seen)
      value = value * 10 + (rest.front() - '0');
    good = good && seen >= least;
    return value;
  }
  std::int64_t fraction_us() {
    if (!take('.')) return 0;
    const auto before = rest.size();
    auto value = digits(1, 6);
    for (auto seen = before - rest.size(); seen < 6; ++seen) value *= 10;
    return value;
  }
  std::int64_t date_us(std::size_t year_least, std::size_t year_most) {
    Date d{};
    d.year = digits(year_least, year_most);
    expect('-');
    d.month = static_cast<int>(digits(2, 2));
    expect('-');
    d.day = static_cast<int>(digits(2, 2));
    good = good && d.year >= 1 && d.year <= 275'760 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= days_in(d.year, d.month);
    return good ? days_of(d) * day_us : 0;
  }
  std::int64_t clock_us() {
    const auto hour = digits(2, 2);
    expect(':');
    const auto minute = digits(2, 2);
    expect(':');
    const auto second = digits(2, 2);
    good = good && hour < 24 && minute < 60 && second < 60;
    return ((hour * 60 + minute) * 60 + second) * second_us + fraction_us();
  }
  std::int64_t offset_us() {
    if (take('Z')) return 0;
    const int sign = next_is('-') ? -1 : 1;
    good = good && (take('+') || take('-'));
    const auto hour = digits(2, 2);
    expect(':');
    const auto minute = digits(2, 2);
    good = good && hour < 24 && minute < 60;
    return sign * (hour * 60 + minute) * 60 * second_us;
  }
  [[nodiscard]] std::optional<std::int64_t> all(std::int64_t us) const {
    return good && rest.empty() && us <= latest_us ? std::optional{us} : std::nullopt;
  }
};

constexpr auto pairs = [] {
  std::array<char, 200> digits{};
  for (std::size_t i = 0; i < 100; ++i) {
    digits[2 * i] = static_cast<char>('0' + i / 10);
    digits[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return digits;
}();

/// Writes two digits and gives the place behind them.
char* put_pair(char* at, std::uint32_t value) {
  std::memcpy(at, &pairs[std::size_t{2} * value], 2);
  return at + 2;
}
char* put_year(char* at, std::uint32_t year, bool wide) {
  if (year > 9999) {
    if (wide || year > 99'999) *at++ = static_cast<char>('0' + year / 100'000);
    *at++ = static_cast<char>('0' + year / 10'000 % 10);
  }
  return put_pair(put_pair(at, year / 100 % 100), year % 100);
}

char* put_date_and_clock(char* at, std::int64_t us, bool wide_years, char between, int digits) {
  const std::int64_t days = (us >= 0 ? us : us - (day_us - 1)) / day_us, in_day = us - days * day_us;
  const auto second = static_cast<std::uint32_t>(in_day / second_us), fraction = static_cast<std::uint32_t>(in_day % second_us);
  const Date date = date_of(days);
  const bool wide = wide_years && date.year > 9999;
  if (wide) *at++ = '+';
  at = put_year(at, static_cast<std::uint32_t>(date.year), wide);
  *at++ = '-';
  at = put_pair(at, static_cast<std::uint32_t>(date.month));
  *at++ = '-';
  at = put_pair(at, static_cast<std::uint32_t>(date.day));
  *at++ = between;
  at = put_pair(at, second / 3600);
  *at++ = ':';
  at = put_pair(at, second / 60 % 60);
  *at++ = ':';
  at = put_pair(at, second % 60);
  *at++ = '.';
  if (digits == 3) {
    *at++ = static_cast<char>('0' + fraction / 100'000);
    at = put_pair(at, fraction / 1000 % 100);
  } else {
    at = put_pair(put_pair(put_pair(at, fraction / 10'000), fraction / 100 % 100), fraction % 100);
  }
  return at;
}

}  // namespace

std::optional<std::int64_t> from_postgres_time(std::int64_t us) {
  constexpr auto epoch = days_of({2000, 1, 1}) * day_us;
  return us >= earliest_us - epoch && us <= latest_us - epoch ? std::optional{us + epoch} : std::nullopt;
}

std::optional<std::int64_t> from_postgres_date(std::int64_t days) {
  constexpr std::int64_t most = 100'000'000;  // PostgreSQL's dates go to the year 5874897, whose microseconds 64 bits do not hold
  return days >= -most && days <= most ? from_postgres_time(days * day_us) : std::nullopt;
}

std::optional<std::int64_t> parse_postgres_date(std::string_view text) {
  Scanner in{text};
  const auto us = in.date_us(4, 6);
  return in.all(us);
}

std::optional<std::int64_t> parse_iso_time(std::string_view text) {
  Scanner in{text};
  const bool wide = in.take('+');
  auto us = wide ? in.date_us(6, 6) : in.date_us(4, 4);
  in.expect('T');
  us += in.clock_us();
  us -= in.offset_us();
  const auto parsed = in.all(us);
  return parsed && *parsed >= earliest_us ? parsed : std::nullopt;
}

char* put_iso_time(char* at, std::int64_t us, int digits) {
  at = put_date_and_clock(at, us, true, 'T', digits);
  *at++ = 'Z';
  return at;
}

char* put_postgres_date(char* at, std::int64_t us) { return std::find(at, put_date_and_clock(at, us, false, ' ', 6), ' '); }

void append_postgres_time(std::string& to, std::int64_t us) {
  std::array<char, longest_time> text;
  to.append(text.data(), put_date_and_clock(text.data(), us, false, ' ', 6));
}

}  // namespace ctl::transfer
