#include "model/record_position.hpp"

#include <catch2/catch.hpp>

using namespace ctl;
using Of = RecordPosition::Of;

namespace {
const auto noon = *parse_instant("2026-11-22T12:00:00Z");
}

TEST_CASE("A position in a topic is a word, a number from either end, an instant or an age") {
  const auto is = [](std::string_view text, Of of, std::int64_t number) {
    const auto position = parse_record_position(text, noon);
    return position && position->of == of && position->number == number;
  };
  CHECK(is("beginning", Of::beginning, 0));
  CHECK(is("end", Of::end, 0));
  CHECK(is("-10", Of::last, 10));
  CHECK(is("0", Of::offset, 0));
  CHECK(is("12345", Of::offset, 12345));
  CHECK(parse_record_position("-2h", noon)->at == noon - std::chrono::hours{2});
  CHECK(parse_record_position("2026-11-22T10:00:00Z", noon)->at == noon - std::chrono::hours{2});
}

TEST_CASE("What is no position is none") {
  for (const auto* text : {"", "-", "start", "2h", "1.5", "--5", "-2x", "99999999999999999999", "2026-11-22"}) {
    INFO(text);
    CHECK_FALSE(parse_record_position(text, noon));
  }
}

TEST_CASE("An age has a unit, so that -5 is never five milliseconds ago") {
  CHECK(*parse_instant_or_age("-90s", noon) == noon - std::chrono::seconds{90});
  CHECK(*parse_instant_or_age("2026-11-22T13:00:00+01:00", noon) == noon);
  CHECK_FALSE(parse_instant_or_age("-5", noon));
  CHECK_FALSE(parse_instant_or_age("5m", noon));
}
