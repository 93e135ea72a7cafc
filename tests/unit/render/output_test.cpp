#include <catch2/catch.hpp>

#include "capture.hpp"
#include "render/output.hpp"

using namespace ctl;
using namespace ctl::render;

namespace {

struct Printed {
  std::string out{}, err{};
};

/// What `use` makes an Output write when stdout and stderr are files.
template <class Use>
Printed printed(Terminal terminal, Use use) {
  Capture out, err;
  terminal.out = out.descriptor();
  terminal.err = err.descriptor();
  terminal.version = "0.1.0";
  {
    Output to{terminal};
    use(to);
    CHECK(to.flush());
  }
  return {out.text(), err.text()};
}

Report answer() {
  Report report{.kind = "topics_list", .names = {"a", "b"}};
  report.data.set("topics", Value{}.push("a").push("b"));
  report.blocks.emplace_back(Table{.head = {"TOPIC"}, .rows = {{{"a"}}, {{"b"}}}});
  return report;
}

/// The document with its time taken out, which no test can know.
std::string timeless(std::string text) {
  const auto from = text.find("\"time\": \"");
  REQUIRE(from != std::string::npos);
  return text.erase(from, text.find('\n', from) + 3 - from);
}

const Error refused_by_server{Code::denied,
                              {.what = "cannot create topic clicks",
                               .cause = "Topic authorization failed\n[31]",
                               .where = "localhost:9092 (default)",
                               .hint = "grant it"}};

}  // namespace

TEST_CASE("a table goes to stdout and its warnings to stderr") {
  auto report = answer();
  report.warnings = {"3 dead letters"};
  report.unknown = {{"groups[1].lag_ms", "timeout after 2s"}};
  const auto text = printed({}, [&](Output& to) { to.print(report); });
  CHECK(text.out == "TOPIC\na\nb\n");
  CHECK(text.err == "mykartctl: warning: 3 dead letters\nmykartctl: not known: groups[1].lag_ms: timeout after 2s\n");
  CHECK(printed({.quiet = true}, [&](Output& to) { to.print(report); }).err.empty());
}

TEST_CASE("names are one a line") {
  CHECK(printed({.format = Format::name}, [](Output& to) { to.print(answer()); }).out == "a\nb\n");
}

TEST_CASE("a document begins with the envelope and goes on with the answer") {
  auto report = answer();
  report.ok = std::nullopt;
  report.warnings = {"w"};
  report.unknown = {{"topics", "timeout"}};
  const auto text = printed({.format = Format::json}, [&](Output& to) {
    to.context("prod");
    to.print(report, 4);
  });
  CHECK(text.err.empty());
  CHECK(timeless(text.out) == R"({
  "kind": "topics_list",
  "version": 1,
  "tool": "0.1.0",
  "context": "prod",
  "ok": null,
  "exit_code": 4,
  "error": null,
  "warnings": [
    "w"
  ],
  "unknown": [
    {
      "path": "topics",
      "reason": "timeout"
    }
  ],
  "topics": [
    "a",
    "b"
  ]
}
)");
}

TEST_CASE("yaml is the same document") {
  const auto json = printed({.format = Format::json}, [](Output& to) { to.print(answer()); }).out;
  const auto yaml = printed({.format = Format::yaml}, [](Output& to) { to.print(answer()); }).out;
  auto a = parse_json(json, "j"), b = parse_yaml(yaml, "y");
  CHECK(a.set("time", "") == b.set("time", ""));
  CHECK(a.find("ok")->boolean() != nullptr);
  CHECK(a.find("context")->is_null());
}

TEST_CASE("the document for --out is the one that is printed") {
  Terminal terminal{.version = "0.1.0"};
  const Output to{terminal};
  CHECK(parse_json(to.document(answer(), 2), "j").integer_or("exit_code", 0) == 2);
}

TEST_CASE("an answer cannot overwrite the envelope") {
  const Output to{Terminal{}};
  Report report{.kind = "k"};
  report.data.set("ok", true);
  CHECK_THROWS_WITH(to.document(report), Catch::Contains("member 'ok'"));
}

TEST_CASE("an error is told to people on stderr: what, while, cause, at, try") {
  auto error = refused_by_server;
  error.within("applying topic/clicks");
  error.within("deploying");
  const auto text = printed({}, [&](Output& to) { to.error(error, 77); });
  CHECK(text.out.empty());
  CHECK(text.err ==
        "mykartctl: error: cannot create topic clicks\n"
        "  while applying topic/clicks\n"
        "  while deploying\n"
        "  cause:\n"
        "    Topic authorization failed\n"
        "    [31]\n"
        "  at: localhost:9092 (default)\n"
        "  try: grant it\n");
}

TEST_CASE("with -o json an error is also the document, with what is known so far") {
  const auto text = printed({.format = Format::json}, [](Output& to) {
    to.error(Error{Code::manifest, {.what = "unknown key", .where = "topics.yaml:12:5"}}, 65, answer());
  });
  CHECK(text.err == "mykartctl: error: unknown key\n  at: topics.yaml:12:5\n");
  const auto document = parse_json(text.out, "j");
  CHECK(document.text_or("kind", "") == "topics_list");
  CHECK(*document.find("ok")->boolean() == false);
  CHECK(document.integer_or("exit_code", 0) == 65);
  CHECK(
      to_json(*document.find("error")) ==
      R"({"code":"manifest","message":"unknown key","cause":null,"at":{"file":"topics.yaml","line":12,"column":5},"try":null,"resource":null,"while":[]})");
  CHECK(document.find("topics") != nullptr);
}

TEST_CASE("an address is a resource and no place in a file") {
  const auto text = printed({.format = Format::json}, [](Output& to) { to.error(refused_by_server, 77); });
  const auto document = parse_json(text.out, "j");
  const auto& error = *document.find("error");
  CHECK(document.text_or("kind", "") == "error");
  CHECK(error.find("at")->is_null());
  CHECK(error.text_or("resource", "") == "localhost:9092 (default)");
  CHECK(error.text_or("code", "") == "denied");
}

TEST_CASE("every kind of failure has its name in json") {
  const std::vector<std::pair<Code, std::string>> names{
      {Code::failed, "step_failed"},      {Code::usage, "usage"},         {Code::config, "config"},
      {Code::manifest, "manifest"},       {Code::not_found, "not_found"}, {Code::refused, "refused"},
      {Code::drift, "stale_plan"},        {Code::mismatch, "mismatch"},   {Code::busy, "lock_held"},
      {Code::unreachable, "unreachable"}, {Code::timeout, "timeout"},     {Code::denied, "denied"},
      {Code::interrupted, "interrupted"}, {Code::internal, "internal"}};
  for (const auto& [code, name] : names) {
    const Error error{code, {.what = "x"}};
    const auto text = printed({.format = Format::json}, [&](Output& to) { to.error(error, 1); });
    CHECK(parse_json(text.out, "j").find("error")->text_or("code", "") == name);
  }
}

TEST_CASE("what servers say is made harmless in errors, notes and cells") {
  const auto text = printed({}, [](Output& to) {
    Report report{.kind = "k"};
    report.blocks.emplace_back(Table{.head = {"V"}, .rows = {{{"a\x1b[2J\nb"}}}});
    to.print(report);
    to.listener().note(Listener::Level::warn, "n\x1b[0m");
    to.error(Error{Code::failed, {.what = "e\x1b[0m", .cause = "c\x1b[0m"}}, 1);
  });
  CHECK(text.out == "V\na\\u001b[2J\\nb\n");
  CHECK(text.err == "mykartctl: warning: n\\u001b[0m\nmykartctl: error: e\\u001b[0m\n  cause: c\\u001b[0m\n");
}
