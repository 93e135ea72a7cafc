#include "transfer/time_text.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace ctl::transfer;

namespace {

std::string iso(std::string_view postgres, int digits = 6) {
  std::string text;
  const auto us = parse_postgres_time(postgres);
  if (!us) return "none";
  append_iso_time(text, *us, digits);
  return text;
}

}  // namespace

TEST_CASE("a time as PostgreSQL prints it becomes the same instant as JavaScript prints it") {
  for (const auto& [given, expected] :
       {std::pair{"2024-05-01 12:34:56", "2024-05-01T12:34:56.000000Z"}, std::pair{"2024-05-01 12:34:56.7", "2024-05-01T12:34:56.700000Z"},
        std::pair{"2024-02-29 23:59:59.999999", "2024-02-29T23:59:59.999999Z"},
        std::pair{"1969-12-31 23:59:59.000001", "1969-12-31T23:59:59.000001Z"},
        std::pair{"0001-01-01 00:00:00", "0001-01-01T00:00:00.000000Z"}, std::pair{"2000-02-29 00:00:00.01", "2000-02-29T00:00:00.010000Z"},
        std::pair{"9999-12-31 00:00:00", "9999-12-31T00:00:00.000000Z"},
        std::pair{"10000-01-01 01:02:03.4", "+010000-01-01T01:02:03.400000Z"},
        std::pair{"275760-09-13 00:00:00", "+275760-09-13T00:00:00.000000Z"}})
    CHECK(iso(given) == expected);
  CHECK(iso("2024-05-01 12:34:56.999999", 3) == "2024-05-01T12:34:56.999Z");
}

TEST_CASE("every day from 1890 to 2110 comes back as it was") {
  std::string text, again;
  for (std::int64_t day = -29'220; day < 51'135; ++day) {
    const auto us = day * 86'400'000'000 + (day * 7'919'313 % 86'400'000'000 + 86'400'000'000) % 86'400'000'000;
    text.clear();
    append_postgres_time(text, us);
    REQUIRE(parse_postgres_time(text) == us);
    text.clear();
    append_iso_time(text, us, 6);
    REQUIRE(parse_iso_time(text) == us);
  }
}

TEST_CASE("what is no time, or none that JavaScript knows, is refused") {
  for (const auto* text : {"",
                           "infinity",
                           "-infinity",
                           "2024-05-01",
                           "2024-05-01 12:34",
                           "2024-05-01 12:34:56.",
                           "2024-05-01 12:34:56.1234567",
                           "2024-05-01T12:34:56",
                           "2024-13-01 00:00:00",
                           "2024-00-01 00:00:00",
                           "2023-02-29 00:00:00",
                           "1900-02-29 00:00:00",
                           "2024-04-31 00:00:00",
                           "2024-05-00 00:00:00",
                           "0000-05-01 00:00:00",
                           "2024-05-01 24:00:00",
                           "2024-05-01 12:60:00",
                           "2024-05-01 12:34:60",
                           "2024-05-01 12:34:56 BC",
                           "2024-05-01 12:34:56+00",
                           "2024-05-0a 12:34:56",
                           "2024-05-01 1a:34:56",
                           "2024/05/01 12:34:56",
                           "2024-05-01 12:34:56,5",
                           "275760-09-13 00:00:00.000001",
                           "2024-05-01 12:34:5\xff"})
    CHECK(iso(text) == "none");
}
