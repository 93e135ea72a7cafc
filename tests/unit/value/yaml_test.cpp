#include <catch2/catch.hpp>

#include <cstdint>

#include "core/error.hpp"
#include "support/problems.hpp"

using namespace ctl;

namespace {
std::string refusal(std::string_view text) {
  Problems problems;
  (void)parse_yaml(text, "t.yaml", problems);
  return lines_of(problems);
}
}  // namespace

TEST_CASE("yaml keeps the order of keys and the place of everything, counted from one") {
  const auto value = parse_yaml("# head\nb: text\na:\n  - 7\n  - {x: -1, y: 'q'}\nempty:\n", "t.yaml");
  REQUIRE(value.map()->size() == 3);
  CHECK(value.map()->at(0).key == "b");
  CHECK(to_string(value.map()->at(0).key_at) == "t.yaml:2:1");
  CHECK(to_string(value.find("b")->at()) == "t.yaml:2:4");
  const auto& list = *value.find("a")->list();
  CHECK(to_string(list.at(0).at()) == "t.yaml:4:5");
  CHECK(to_string(list.at(1).at()) == "t.yaml:5:5");
  CHECK(to_string(list.at(1).find("y")->at()) == "t.yaml:5:16");
  CHECK(value.find("empty")->is_null());
  CHECK(to_json(value) == R"({"b":"text","a":[7,{"x":-1,"y":"q"}],"empty":null})");
}

TEST_CASE("plain yaml scalars are what every reader takes them for") {
  const auto value =
      parse_yaml("[1, -1, 0, 1.5, 1e3, true, false, null, ~, 7d, 2026-11-22, a b, 'yes', \"012\", mykart.*, 1.2.3]", "t.yaml");
  CHECK(to_json(value) == R"([1,-1,0,1.5,1000.0,true,false,null,null,"7d","2026-11-22","a b","yes","012","mykart.*","1.2.3"])");
}

TEST_CASE("scalars that readers of yaml disagree about are refused with what to write") {
  CHECK(refusal("a: yes") == "t.yaml:1:4 'yes' is ambiguous (write true, or \"yes\" for the text)\n");
  CHECK(refusal("a: Off") == "t.yaml:1:4 'Off' is ambiguous (write false, or \"Off\" for the text)\n");
  CHECK(refusal("a: True") == "t.yaml:1:4 'True' is ambiguous (write true, or \"True\" for the text)\n");
  for (const auto* text : {"012", "0x1F", "0o17", "+1", "1_000", ".inf", ".NaN", "-012"}) {
    INFO(text);
    CHECK(refusal(std::string{"a: "} + text).starts_with("t.yaml:1:4 '" + std::string{text} + "' is a different number"));
  }
  CHECK(refusal("a: 9223372036854775808").find("does not fit into 64 bits") != std::string::npos);
  CHECK(refusal("a: [yes, on]\nb: 012") ==
        "t.yaml:1:5 'yes' is ambiguous (write true, or \"yes\" for the text)\n"
        "t.yaml:1:10 'on' is ambiguous (write true, or \"on\" for the text)\n"
        "t.yaml:2:4 '012' is a different number to different readers (write it in plain decimal digits, or \"012\" for the text)\n");
}

TEST_CASE("yaml that hides or repeats things is refused with its place") {
  CHECK(refusal("a: 1\nb: 2\na: 3") == "t.yaml:3:1 duplicate key 'a' (the first one is in line 1)\n");
  CHECK(refusal("a: &x 1").find("t.yaml:1:4 anchors are not taken") == 0);
  CHECK(refusal("a: &x {b: 1}\nc: *x").find("t.yaml:2:4 aliases are not taken") != std::string::npos);
  CHECK(refusal("<<: {a: 1}") == "t.yaml:1:1 merge keys are not taken (write the keys out)\n");
  CHECK(refusal("a: !!str 1").find("the tag 'tag:yaml.org,2002:str' is not taken") != std::string::npos);
  CHECK(refusal("a: 1\n---\nb: 2") == "t.yaml:2:1 a second document begins here (one document a file: take the '---' out)\n");
  CHECK(refusal("a:\n\tb: 1") == "t.yaml:2:1 a tab indents this line (indent with spaces)\n");
  CHECK(refusal("a:\n  - b\n \t- c") == "t.yaml:3:2 a tab indents this line (indent with spaces)\n");
  CHECK(refusal("a: b\x04\nc: d") == "t.yaml:1:5 control character U+0004 (take it out)\n");
  CHECK(refusal("a: b\nc: \xff") == "t.yaml:2:4 this is not UTF-8 (save the file as UTF-8)\n");
  CHECK(refusal("? [a]\n: b").find("t.yaml:1:3 not YAML: a map or list cannot be a key") == 0);
  CHECK(refusal("a: b: c").find("t.yaml:1:5 not YAML: ") == 0);
  CHECK(refusal("a: [1, 2").find("not YAML: ") != std::string::npos);
  CHECK(refusal(",a: b") == "t.yaml:1:1 not YAML: unexpected ','\n");  // the library would begin documents here for ever
  CHECK(refusal("a: b\n}").find("t.yaml:2:1 not YAML: ") == 0);
  CHECK(refusal("\xEF\xBB\xBF"
                "a: 1\n---\nb: 2")
            .find("a second document begins here") != std::string::npos);
  CHECK(refusal(": x").find("a key is missing") != std::string::npos);
  CHECK(refusal(std::string(150, '[') + std::string(150, ']')).find("nested deeper than 100 levels") != std::string::npos);
  CHECK(refusal(std::string(100'000, '[')).find("not YAML: ") != std::string::npos);
}

TEST_CASE("an empty yaml file is nothing, at its first line") {
  for (const auto* text : {"", "# only a comment\n", "---\n"}) {
    const auto value = parse_yaml(text, "t.yaml");
    CHECK(value.is_null());
    CHECK(value.at().line >= 1);
  }
}

TEST_CASE("text that looks like something else is written with quotes") {
  for (const auto* text : {"on",  "012", "1.0",  "yes",      "No",         "null", "~",           "",   " a", "a ", "a: b", "a #b", "-1",
                           "- a", "1e3", "0x1f", "12:30:45", "2026-11-22", "*a",   "&a",          "!a", "@a", "`a", "[a",   "{a",   "#a",
                           "%a",  "|",   ">",    "?",        "a:",         "true", "line\nbreak", "y",  "<<", "é",  "a\"b", "=",    "."}) {
    INFO(text);
    CHECK(to_yaml(Value{text}).front() == '"');
    CHECK(parse_yaml(to_yaml(Value{text}), "t.yaml") == Value{text});
  }
  for (const auto* text :
       {"mykart.cart-events", "7d", "500ms", "public.products", "a b", "/work", "product-events", "a:b", "PageHit", "_x"}) {
    INFO(text);
    CHECK(to_yaml(Value{text}) == std::string{text} + "\n");
  }
}

TEST_CASE("yaml that is written is indented by two and reads back the same") {
  const auto value =
      parse_json(R"({"a": {"b": [1, {"c": "x", "d": [[2, 3], []]}, {}], "e": null}, "on": 0.5, "f": [{"g": {"h": true}}]})", "c.json");
  CHECK(to_yaml(value) == R"(a:
  b:
    - 1
    - c: x
      d:
        - - 2
          - 3
        - []
    - {}
  e: null
"on": 0.5
f:
  - g:
      h: true
)");
  CHECK(parse_yaml(to_yaml(value), "t.yaml") == value);
}
