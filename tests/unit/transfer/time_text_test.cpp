#include "transfer/time_text.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <string>

using namespace ctl::transfer;

namespace {

std::string iso_of(std::int64_t us, int digits) {
  std::string text(longest_time, ' ');
  text.erase(static_cast<std::size_t>(put_iso_time(text.data(), us, digits) - text.data()));
  return text;
}
std::string iso(std::int64_t since_2000, int digits = 6) {
  const auto us = from_postgres_time(since_2000);
  return us ? iso_of(*us, digits) : "none";
}

}  // namespace

TEST_CASE("a time as PostgreSQL counts it becomes the same instant as JavaScript prints it") {
  for (const auto& [given, expected] :
       {std::pair{767882096000000LL, "2024-05-01T12:34:56.000000Z"}, std::pair{767882096700000LL, "2024-05-01T12:34:56.700000Z"},
        std::pair{762566399999999LL, "2024-02-29T23:59:59.999999Z"}, std::pair{-946684800999999LL, "1969-12-31T23:59:59.000001Z"},
        std::pair{-63082281600000000LL, "0001-01-01T00:00:00.000000Z"}, std::pair{5097600010000LL, "2000-02-29T00:00:00.010000Z"},
        std::pair{252455529600000000LL, "9999-12-31T00:00:00.000000Z"}, std::pair{252455619723400000LL, "+010000-01-01T01:02:03.400000Z"},
        std::pair{8639053315200000000LL, "+275760-09-13T00:00:00.000000Z"}})
    CHECK(iso(given) == expected);
  CHECK(iso(767882096999999LL, 3) == "2024-05-01T12:34:56.999Z");
}

TEST_CASE("infinity, and a time that JavaScript does not know, are refused") {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t bad : {most, -most - 1, most - 1, -most, std::int64_t{8639053315200000001}, std::int64_t{-63082281600000001}})
    CHECK(iso(bad) == "none");
}

TEST_CASE("every day from 1890 to 2110 comes back as it was") {
  std::string text, postgres;
  for (std::int64_t day = -29'220; day < 51'135; ++day) {
    const auto us = day * 86'400'000'000 + (day * 7'919'313 % 86'400'000'000 + 86'400'000'000) % 86'400'000'000;
    text = iso_of(us, 6);
    REQUIRE(parse_iso_time(text) == us);
    postgres.clear();
    append_postgres_time(postgres, us);
    text.replace(10, 1, " ").pop_back();
    REQUIRE(postgres == text);
    postgres.assign(longest_time, ' ');
    postgres.erase(static_cast<std::size_t>(put_postgres_date(postgres.data(), us) - postgres.data()));
    REQUIRE(parse_postgres_date(postgres) == us - (us % 86'400'000'000 + 86'400'000'000) % 86'400'000'000);
  }
}

TEST_CASE("what is no time, or none that JavaScript knows, is refused") {
  for (const auto* text : {"",
                           "infinity",
                           "-infinity",
                           "2024-05-01Z",
                           "2024-05-01T12:34Z",
                           "2024-05-01T12:34:56.Z",
                           "2024-05-01T12:34:56.1234567Z",
                           "2024-05-01 12:34:56Z",
                           "2024-13-01T00:00:00Z",
                           "2024-00-01T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2024-04-31T00:00:00Z",
                           "2024-05-00T00:00:00Z",
                           "0000-05-01T00:00:00Z",
                           "2024-05-01T24:00:00Z",
                           "2024-05-01T12:60:00Z",
                           "2024-05-01T12:34:60Z",
                           "2024-05-01T12:34:56Z BC",
                           "2024-05-01T12:34:56+00",
                           "2024-05-0aT12:34:56Z",
                           "2024-05-01T1a:34:56Z",
                           "2024/05/01T12:34:56Z",
                           "2024-05-01T12:34:56,5Z",
                           "+275760-09-13T00:00:00.000001Z",
                           "2024-05-01T12:34:5\xffZ"})
    CHECK_FALSE(parse_iso_time(text));
}
