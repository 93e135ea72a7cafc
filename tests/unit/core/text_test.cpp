#include <catch2/catch.hpp>

#include <cstdint>

#include "core/text.hpp"

using namespace ctl;
using namespace std::chrono_literals;

TEST_CASE("the nearest word is near, and never the guess of another word") {
  const std::vector<std::string> words{"topics", "connector", "schema", "status", "id"};
  CHECK(nearest("topcs", words) == "topics");
  CHECK(nearest("conector", words) == "connector");
  CHECK(nearest("konnektors", words) == "connector");  // three edits, for a long word
  CHECK(nearest("stauts", words) == "status");
  CHECK_FALSE(nearest("frobnicate", words));
  CHECK_FALSE(nearest("xy", words));  // two edits away from "id", but nothing of it is left
  CHECK_FALSE(nearest("topics", {}));
}

TEST_CASE("durations read with their unit and print in their shortest exact form") {
  const std::vector<std::pair<std::string, std::chrono::milliseconds>> exact{{"500ms", 500ms}, {"30s", 30s}, {"5m", 5min},
                                                                             {"12h", 12h},     {"7d", 168h}, {"0ms", 0ms}};
  for (const auto& [text, duration] : exact) {
    CHECK(parse_duration(text) == duration);
    CHECK(format_duration(duration) == text);
  }
  CHECK(parse_duration("1500") == 1500ms);
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(1500ms) == "1500ms");
  CHECK(format_duration(60min) == "1h");
  for (const auto* text : {"", "s", "5 s", "-5s", "5w", "5S", "1.5s", "5s ", "99999999999999999999s", "9223372036854775807s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("what took how long is said in two units at most") {
  CHECK(format_took(250ms) == "250 ms");
  CHECK(format_took(1250ms) == "1.2 s");
  CHECK(format_took(25s) == "25 s");
  CHECK(format_took(72s) == "1m12s");
  CHECK(format_took(605s) == "10m05s");
  CHECK(format_took(3h + 4min + 5s) == "3h04m");
}

TEST_CASE("integers are whole texts of decimal digits that fit") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
  CHECK(parse_integer("9223372036854775807") == INT64_MAX);
  for (const auto* text : {"", "-", "+1", " 1", "1 ", "1a", "0x1", "1.0", "9223372036854775808"}) {
    INFO(text);
    CHECK_FALSE(parse_integer(text));
  }
}

TEST_CASE("counts have separators and sizes have three figures") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1000) == "1,000");
  CHECK(format_count(10'412'233) == "10,412,233");
  CHECK(format_count(UINT64_MAX) == "18,446,744,073,709,551,615");
  CHECK(format_bytes(0) == "0 B");
  CHECK(format_bytes(999) == "999 B");
  CHECK(format_bytes(1000) == "1.0 kB");
  CHECK(format_bytes(999'950) == "1.0 MB");
  CHECK(format_bytes(1'250'000'000) == "1.2 GB");
  CHECK(format_bytes(512'000'000'000) == "512 GB");
}

TEST_CASE("lists are split at the separator, pieces trimmed, empty ones left out") {
  CHECK(split(" a, b ,,c", ',') == std::vector<std::string>{"a", "b", "c"});
  CHECK(split("", ',').empty());
  CHECK(split(" , ", ',').empty());
  CHECK(join(std::vector<std::string>{"a", "b"}, ", ") == "a, b");
  CHECK(trim("\t a b \r\n") == "a b");
  CHECK(trim("  ").empty());
}
