#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "support/problems.hpp"
#include "value/fields.hpp"

using namespace ctl;
using namespace std::chrono_literals;

TEST_CASE("fields read what is there, each in its own kind") {
  const auto map = parse_yaml(
      "{name: n, count: 3, flag: true, keep: 7d, list: [a, b], retention: 604800000, mode: jsonb, sub: {x: 1}, gone: null}", "t.yaml");
  Problems problems;
  {
    Fields f{map, problems};
    CHECK(f.text("name") == "n");
    CHECK(f.text_if("absent") == std::nullopt);
    CHECK(f.integer("count", 1, 10) == 3);
    CHECK(f.integer_if("absent", 1, 10) == std::nullopt);
    CHECK(f.boolean_if("flag") == true);
    CHECK(f.duration_if("keep") == 7 * 24h);
    CHECK(f.texts("list") == std::vector<std::string>{"a", "b"});
    CHECK(f.scalar_if("retention") == "604800000");
    CHECK(f.scalar_if("flag") == "true");
    CHECK(f.choice("mode", {"drop", "jsonb"}, 0) == 1);
    CHECK(f.map_if("sub")->find("x") != nullptr);
    CHECK_FALSE(f.has("gone"));
    CHECK(f.child("gone") == nullptr);
  }
  CHECK(lines_of(problems).empty());
}

TEST_CASE("a key that nobody asked for is named with its place and the nearest known key") {
  const auto map = parse_yaml("name: n\nretension: 7d\ncolour: red\n", "topics.yaml");
  Problems problems;
  {
    Fields f{map, problems};
    (void)f.text("name");
    (void)f.duration_if("retention");
  }
  CHECK(lines_of(problems) ==
        "topics.yaml:2:1 unknown key 'retension' (did you mean 'retention'?)\n"
        "topics.yaml:3:1 unknown key 'colour' (known here: name, retention)\n");
  CHECK(problems.front().rule == "unknown-key");
}

TEST_CASE("everything of the wrong kind is a problem at its own place, and reads as empty") {
  const auto map = parse_yaml(
      "name: 12\ncount: many\nhigh: 99\nflag: 1\nkeep: 7\nage: 7w\nlist: a\nitems: [a, 1]\nmode: jsomb\nsub: x\nempty: ''\nnone:\n",
      "t.yaml");
  Problems problems;
  {
    Fields f{map, problems};
    CHECK(f.text("name").empty());
    CHECK(f.integer("count", 1, 10) == 1);
    CHECK(f.integer("high", 1, 10) == 1);
    CHECK_FALSE(f.boolean_if("flag"));
    CHECK_FALSE(f.duration_if("keep"));
    CHECK_FALSE(f.duration_if("age"));
    CHECK(f.texts("list").empty());
    CHECK(f.texts("items").size() == 1);
    CHECK(f.choice("mode", {"drop", "jsonb"}, 0) == 0);
    CHECK(f.map_if("sub") == nullptr);
    CHECK(f.text("empty").empty());
    CHECK(f.text("none").empty());
    CHECK(f.text("absent").empty());
  }
  CHECK(lines_of(problems) ==
        "t.yaml:1:7 'name' is a number, it should be text (write \"12\")\n"
        "t.yaml:2:8 'count' is text, it should be a whole number\n"
        "t.yaml:3:7 'high' is 99, it should be from 1 to 10\n"
        "t.yaml:4:7 'flag' is a number, it should be true or false\n"
        "t.yaml:5:7 'keep' is '7', it should be a duration (with its unit: 7ms, 7s, 7d)\n"
        "t.yaml:6:6 'age' is '7w', it should be a duration (such as 500ms, 30s, 5m, 12h, 7d)\n"
        "t.yaml:7:7 'list' is text, it should be a list\n"
        "t.yaml:8:12 'items' holds a number, it should hold text\n"
        "t.yaml:9:7 'mode' is 'jsomb', it should be one of drop, jsonb (did you mean 'jsonb'?)\n"
        "t.yaml:10:6 'sub' is text, it should be a map\n"
        "t.yaml:11:8 'empty' is empty\n"
        "t.yaml:12:1 'none' is missing\n"
        "t.yaml:1:1 'absent' is missing\n");
}

TEST_CASE("what should be a map and is none is one problem, not one for each key") {
  const auto list = parse_yaml("[a]", "t.yaml");
  Problems problems;
  { CHECK(Fields{list, problems}.text("name").empty()); }
  CHECK(lines_of(problems) == "t.yaml:1:1 a map of keys and values is expected here, found a list\n");
}

TEST_CASE("a scalar that its reader has refused is one problem, not two") {
  Problems problems;
  const auto map = parse_yaml("{flag: yes, name: 012}", "t.yaml", problems);
  REQUIRE(map);
  {
    Fields f{*map, problems};
    (void)f.boolean_if("flag");
    (void)f.integer("name", 1, 2);
  }
  CHECK(problems.size() == 2);
}

TEST_CASE("fail throws one error with every error and no warning, in the order of the file") {
  const Problems problems{{.what = "second", .at = {"t.yaml", 9, 1}},
                          {.what = "only a warning", .at = {"t.yaml", 2, 1}, .severity = Severity::warning},
                          {.what = "first", .at = {"t.yaml", 3, 1}, .hint = "do this"}};
  CHECK(has_errors(problems));
  CHECK_FALSE(has_errors({problems[1]}));
  try {
    fail(problems);
  } catch (const Error& e) {
    CHECK(e.code() == Code::manifest);
    CHECK(std::string{e.what()} == "t.yaml has 2 problems");
    CHECK(e.text().cause == "t.yaml:3:1 first (do this)\nt.yaml:9:1 second");
  }
  try {
    fail({problems[0], {.what = "there", .at = {"c.json", 1, 1}}});
  } catch (const Error& e) { CHECK(std::string{e.what()} == "2 problems in 2 files"); }
  try {
    fail({problems[2]});
  } catch (const Error& e) {
    CHECK(std::string{e.what()} == "first");
    CHECK(e.text().where == "t.yaml:3:1");
    CHECK(e.text().hint == "do this");
  }
}
