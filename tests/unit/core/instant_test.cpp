#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>

#include "core/text.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {
constexpr Millis at(std::int64_t ms) { return Millis{std::chrono::milliseconds{ms}}; }
}  // namespace

TEST_CASE("instants print in UTC, with milliseconds only when there are any") {
  CHECK(format_instant(at(0)) == "1970-01-01T00:00:00Z");
  CHECK(format_instant(at(1'795'341'600'123)) == "2026-11-22T10:00:00.123Z");
  CHECK(format_instant(at(1'795'341'600'007)) == "2026-11-22T10:00:00.007Z");
  CHECK(format_instant(at(951'782'400'000)) == "2000-02-29T00:00:00Z");
  CHECK(format_instant(at(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("the time zone of the process does not matter") {
  ::setenv("TZ", "Asia/Tokyo", 1);
  ::tzset();
  CHECK(format_instant(at(0)) == "1970-01-01T00:00:00Z");
  ::unsetenv("TZ");
  ::tzset();
}

TEST_CASE("instants read with Z or an offset, fractions cut to milliseconds") {
  CHECK(parse_instant("2026-11-22T10:00:00Z") == at(1'795'341'600'000));
  CHECK(parse_instant("2026-11-22t10:00:00z") == at(1'795'341'600'000));
  CHECK(parse_instant("2026-11-22 11:00:00+01:00") == at(1'795'341'600'000));
  CHECK(parse_instant("2026-11-22T04:30:00-05:30") == at(1'795'341'600'000));
  CHECK(parse_instant("2026-11-22T10:00:00.1Z") == at(1'795'341'600'100));
  CHECK(parse_instant("2026-11-22T10:00:00.123999999Z") == at(1'795'341'600'123));
  CHECK(parse_instant("2000-02-29T00:00:00Z") == at(951'782'400'000));
}

TEST_CASE("what is no instant is none") {
  for (const auto* text :
       {"", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z", "2026-11-22T10:00:60Z", "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00.1234567890Z",
        "2026-11-22T10:00:00+0100", "2026-11-22T10:00:00Z ", "2026-1-22T10:00:00Z", "+026-11-22T10:00:00Z", "2026-11-22T10:00:00+24:00"}) {
    INFO(text);
    CHECK_FALSE(parse_instant(text));
  }
}

TEST_CASE("every instant reads back as it was printed") {
  for (std::int64_t ms = -3'000'000'000'000; ms < 5'000'000'000'000; ms += 86'399'999'777)
    CHECK(parse_instant(format_instant(at(ms))) == at(ms));
}
