#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "model/step.hpp"
#include "support/report_text.hpp"

using namespace ctl;

namespace {

Plan plan() {
  Plan plan{.target = "deploy", .context = "local", .until = "tail", .inputs_digest = "abc"};
  plan.steps.push_back({.resource = {Kind::topic, "clicks"},
                        .phase = "topics",
                        .action = Action::create,
                        .changes = {{.path = "partitions", .after = "3"}, {.path = "config.retention.ms", .before = "1", .after = "-1"}},
                        .summary = "3 partitions",
                        .why = "declared",
                        .precondition = "d1"});
  plan.steps.push_back({.resource = {Kind::gate, "writers gone"}, .phase = "fence", .action = Action::wait, .why = "last insert 3 s ago"});
  plan.steps.push_back({.resource = {Kind::connector, "c"},
                        .phase = "connector",
                        .action = Action::update,
                        .changes = {{.path = "database.password", .before = "d-old", .after = "d-new", .sensitive = true}},
                        .summary = "1 key",
                        .risk = Risk::disruptive,
                        .undo = Undo::lossy,
                        .precondition = "d2"});
  plan.steps[0].rows = 10'412'233;
  plan.steps[0].bytes = 1'250'000'000;
  return plan;
}

std::string refusal(const Value& value) {
  try {
    (void)read_plan(value);
  } catch (const Error& e) { return e.what(); }
  return "accepted";
}

/// `text` with `from` replaced, read as a saved plan.
std::string refusal(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return refusal(parse_json(text.replace(at, from.size(), to), "plan.json"));
}

}  // namespace

TEST_CASE("a saved plan reads back as it was, without what only waits") {
  const auto saved = read_plan(parse_json(to_json(to_value(plan())), "plan.json"));
  CHECK(saved.target == "deploy");
  CHECK(saved.until == "tail");
  CHECK(saved.fingerprint() == plan().fingerprint());
  REQUIRE(saved.steps.size() == 2);
  CHECK(saved.steps[0].resource == Resource{Kind::topic, "clicks"});
  CHECK(saved.steps[0].changes[1].before == "1");
  CHECK_FALSE(saved.steps[0].changes[0].before);
  CHECK(saved.steps[1].risk == Risk::disruptive);
  CHECK(saved.steps[1].undo == Undo::lossy);
}

TEST_CASE("a saved plan that was edited, or is none, is refused") {
  const auto text = to_json(to_value(plan()));
  CHECK(refusal(text, "\"action\":\"create\"", "\"action\":\"delete\"") ==
        "the saved plan was edited: its fingerprint does not match its steps");
  CHECK(refusal(text, "\"after\":\"-1\"", "\"after\":\"5\"") == "the saved plan was edited: its fingerprint does not match its steps");
  CHECK(refusal(text, "\"precondition\":\"d1\"", "\"precondition\":\"d9\"") ==
        "the saved plan was edited: its fingerprint does not match its steps");
  CHECK(refusal(text, "\"risk\":\"safe\"", "\"risk\":\"tiny\"") == "the plan has no valid 'risk'");
  CHECK(refusal(parse_json("{}", "plan.json")) == "this file is not a saved plan");
}

TEST_CASE("the fingerprint is of what is done, not of what is waited for or how many rows there are") {
  const auto before = plan().fingerprint();
  auto other = plan();
  other.steps[0].rows = 1;
  other.steps[1].why = "last insert 4 s ago";
  CHECK(other.fingerprint() == before);
  other.steps.erase(other.steps.begin() + 1);
  CHECK(other.fingerprint() == before);
  other.steps[0].precondition = "d3";
  CHECK(other.fingerprint() != before);
  auto changed = plan();
  changed.steps[0].changes[0].after = "4";
  CHECK(changed.fingerprint() != before);
}

TEST_CASE("sensitive values are in no report") {
  const auto text = to_json(report(plan()).data) + text_of(report(plan()));
  CHECK(text.find("d-old") == std::string::npos);
  CHECK(text.find("d-new") == std::string::npos);
  CHECK(text.find(R"({"path":"database.password","before":null,"after":null,"sensitive":true})") != std::string::npos);
}

TEST_CASE("a plan is a table with its gates and its sum") {
  CHECK(text_of(report(plan())) ==
        "#|PHASE|ACTION|RESOURCE|CHANGE|RISK|UNDO\n"
        "1|topics|create|topic/clicks|3 partitions|safe|exact\n"
        "⏸|fence|gate|writers gone|last insert 3 s ago||\n"
        "2|connector|update|connector/c|1 key|disruptive|lossy\n"
        "context local. 2 steps, 1 disruptive, 0 destructive, ~10,412,233 rows in about 26 s.\n");
  CHECK(report(plan()).names == std::vector<std::string>{"topic/clicks", "connector/c"});
  CHECK(text_of(report(Plan{.target = "topics"})) == "nothing to do\n");
}

TEST_CASE("what is blocked says why and what to do") {
  Plan blocked{.target = "topics"};
  blocked.steps.push_back({.resource = {Kind::topic, "a"}, .action = Action::blocked, .why = "fewer partitions", .remedy = "write 6"});
  CHECK(text_of(report(blocked)).find("topic/a is blocked: fewer partitions\n  try: write 6\n") != std::string::npos);
  CHECK(report(blocked).data.find("summary")->integer_or("blocked", 0) == 1);
}

TEST_CASE("the document of a plan counts its actions and risks") {
  const auto value = to_value(plan());
  CHECK(to_json(*value.find("summary")) ==
        R"({"create":1,"update":1,"adopt":0,"run":0,"delete":0,"blocked":0,"disruptive":1,"destructive":0,"lossy":1})");
  CHECK(value.text_or("inputs_digest", "") == "sha256:abc");
  CHECK(value.find("gates")->list()->size() == 1);
  CHECK(to_value(Plan{}).find("steps")->list()->empty());
}
