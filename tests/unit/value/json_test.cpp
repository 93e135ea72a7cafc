#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>

#include "core/error.hpp"
#include "support/problems.hpp"

using namespace ctl;

namespace {
std::string refusal(std::string_view text) {
  Problems problems;
  (void)parse_json(text, "c.json", problems);
  return lines_of(problems);
}
}  // namespace

TEST_CASE("json keeps the order of keys, whole 64-bit numbers and the place of everything") {
  const auto value = parse_json("{\n  \"b\": 9223372036854775807,\n  \"a\": [true, null, -1.5,\n \"x\"]\n}", "c.json");
  REQUIRE(value.map()->size() == 2);
  const auto& b = value.map()->at(0);
  CHECK(b.key == "b");
  CHECK(to_string(b.key_at) == "c.json:2:3");
  CHECK(to_string(b.value.at()) == "c.json:2:8");
  CHECK(*b.value.integer() == INT64_MAX);
  const auto& list = *value.find("a")->list();
  CHECK(to_string(value.find("a")->at()) == "c.json:3:8");
  CHECK(to_string(list.at(2).at()) == "c.json:3:21");
  CHECK(to_string(list.at(3).at()) == "c.json:4:2");
  CHECK(*list.at(2).real() == -1.5);
  CHECK(to_json(value) == R"({"b":9223372036854775807,"a":[true,null,-1.5,"x"]})");
}

TEST_CASE("places in json are right behind escaped quotes and brackets in text") {
  const auto value = parse_json(R"({"a\"]": "x\\", "k": {"}": [ 7 ]}})", "c.json");
  CHECK(to_string(value.find("k")->at()) == "c.json:1:22");
  CHECK(to_string(value.find("k")->find("}")->list()->front().at()) == "c.json:1:30");
}

TEST_CASE("bad json is refused at the place of the offending token") {
  CHECK(refusal("{\"a\": 1,\n \"b\": tru }").starts_with("c.json:2:7 not JSON: "));
  CHECK(refusal("{\"a\": 1,\n}").starts_with("c.json:2:1 not JSON: "));
  CHECK(refusal("{\"a\": 1} x") == "c.json:1:10 not JSON: while parsing value - invalid literal; expected end of input\n");
  CHECK(refusal("").starts_with("c.json:1:1 not JSON: "));
  CHECK(refusal("{\"a\": 1").starts_with("c.json:1:8 not JSON: "));
  CHECK(refusal("\"a\nb\"").starts_with("c.json:1:1 not JSON: "));
  CHECK(refusal("[\"\xff\"]").find("UTF-8") != std::string::npos);
  CHECK(refusal("[18446744073709551615]") == "c.json:1:2 the number 18446744073709551615 does not fit into 64 bits\n");
  CHECK(refusal("[99999999999999999999999]") == "c.json:1:2 the number 99999999999999999999999 does not fit into 64 bits\n");
  CHECK(refusal("[1e999]").find("not JSON") != std::string::npos);
  CHECK(refusal(std::string(5000, '[')) == "c.json:1:102 nested deeper than 100 levels\n");
}

TEST_CASE("a duplicate key in json is named with both places, and the first value stays") {
  Problems problems;
  const auto value = parse_json("{\"a\": 1,\n\"b\": {\"c\": 2, \"c\": 3},\n\"a\": {\"d\": 4}}", "c.json", problems);
  REQUIRE(value);
  CHECK(lines_of(problems) ==
        "c.json:2:15 duplicate key 'c' (the first one is in line 2)\n"
        "c.json:3:1 duplicate key 'a' (the first one is in line 1)\n");
  CHECK(to_json(*value) == R"({"a":1,"b":{"c":2}})");
}

TEST_CASE("parse_json throws one error that names every problem") {
  try {
    (void)parse_json("{\"a\": 1, \"a\": 2,\n \"a\": 3}", "c.json");
    FAIL("accepted");
  } catch (const Error& e) {
    CHECK(e.code() == Code::manifest);
    CHECK(std::string{e.what()} == "c.json has 2 problems");
    CHECK(e.text().where == "c.json:1:10");
    CHECK(e.text().cause ==
          "c.json:1:10 duplicate key 'a' (the first one is in line 1)\n"
          "c.json:2:2 duplicate key 'a' (the first one is in line 1)");
  }
}

TEST_CASE("json that is written is valid, safe on a terminal and reads back the same") {
  Value value;
  value
      .set("text",
           "a\"b\\c\n\t\x1b[31m\x7f\xc2\x9b"
           "é")
      .set("bad", std::string{"a\xff"
                              "b"})
      .set("max", std::numeric_limits<std::int64_t>::min());
  value.set("half", 0.5).set("two", 2.0).set("tiny", 5e-324).set("none", Value::List{}).set("map", Value::Map{});
  const auto text = to_json(value);
  CHECK(text ==
        "{\"text\":\"a\\\"b\\\\c\\n\\t\\u001b[31m\\u007f\\u009bé\",\"bad\":\"a\xEF\xBF\xBD"
        "b\",\"max\":-9223372036854775808,"
        "\"half\":0.5,\"two\":2.0,\"tiny\":5e-324,\"none\":[],\"map\":{}}");
  value.set("bad",
            "a\xEF\xBF\xBD"
            "b");
  CHECK(parse_json(text, "c.json") == value);
}

TEST_CASE("json with an indent has a line a member") {
  Value value;
  value.set("a", Value{}.push(1).push("x")).set("b", Value::Map{});
  CHECK(to_json(value, 2) == "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}");
}
