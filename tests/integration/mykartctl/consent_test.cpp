#include <catch2/catch.hpp>

#include "project.hpp"

using Words = std::vector<std::string>;

TEST_CASE("Without a terminal and without --yes nothing is done, and the answer says what to add") {
  const Project project;
  const auto ended = project.run({"topics", "apply"});
  CHECK(ended.status == 5);
  CHECK(ended.out == "");
  CHECK(has(ended.err, project.one()));  // the plan is shown first, always
  CHECK(has(ended.err, "2 steps need a yes and stdin is not a terminal"));
  CHECK(has(ended.err, "try: --yes\n"));
  CHECK_FALSE(project.exists(project.one()));
}

TEST_CASE("A dry run prints the plan as the answer and changes nothing") {
  const Project project;
  const auto ended = project.run({"topics", "apply", "--dry-run"});
  CHECK(ended.status == 0);
  CHECK(has(ended.out, "topic/" + project.one()));
  CHECK(project.run({"topics", "plan", "--exit-code"}).status == 2);
  CHECK_FALSE(project.exists(project.one()));
}

TEST_CASE("At a terminal the word is asked for, and only that word is a yes") {
  const Project project;
  for (const auto& [typed, status] : {std::pair{"y\n", 5}, std::pair{"yes\n", 0}}) {
    process::Child child{tool::command({"topics", "apply", project.one()}), project.terminal()};
    child.wait_for("Type yes: ");
    CHECK(has(child.out(), "context local"));
    child.write(typed);
    CHECK(child.wait() == status);
    CHECK(project.exists(project.one()) == (status == 0));
  }
  CHECK(project.run({"topics", "plan", project.one(), "--exit-code"}).status == 0);  // after apply the next plan is empty
}

TEST_CASE("Ctrl-C at the question declines") {
  const Project project;
  process::Child child{tool::command({"topics", "apply"}), project.terminal()};
  child.wait_for("Type yes: ");
  child.write("\x03");
  CHECK(child.wait() == 130);
  CHECK_FALSE(project.exists(project.one()));
}

TEST_CASE("A protected context is named: by --confirm in a script, typed at a terminal") {
  const Project project;
  const Words apply{"topics", "apply", project.one(), "--context", "prod"};
  const auto with = [&](Words more) {
    auto line = apply;
    line.insert(line.end(), more.begin(), more.end());
    return project.run(line);
  };
  const auto plain = with({"--yes"});
  CHECK(plain.status == 5);
  CHECK(has(plain.err, "context prod (PROTECTED)"));
  CHECK(has(plain.err, "try: --yes --confirm prod\n"));
  const auto wrong = with({"--yes", "--confirm", "local"});
  CHECK(wrong.status == 5);
  CHECK(has(wrong.err, "--confirm names local, the context is prod"));
  CHECK_FALSE(project.exists(project.one()));

  process::Child child{tool::command(apply), project.terminal()};
  child.wait_for("Type prod: ");
  child.write("yes\n");
  CHECK(child.wait() == 5);
  CHECK_FALSE(project.exists(project.one()));
  CHECK(with({"--yes", "--confirm", "prod"}).status == 0);
  CHECK(project.exists(project.one()));
}

TEST_CASE("What cannot be undone needs more than --yes, and the name of the thing at a terminal") {
  Project project;
  REQUIRE(project.run({"topics", "apply", "--yes"}).status == 0);
  oracle::produce(project.one(), {{.key = "k", .value = "v"}});
  project.write("1h", 3);
  const auto yes = project.run({"topics", "apply", project.one(), "--yes"});
  CHECK(yes.status == 5);
  CHECK(has(yes.err, "--yes alone does not reach destructive steps: " + project.one()));
  CHECK(has(yes.err, "try: --yes --allow-destructive\n"));

  process::Child child{tool::command({"topics", "apply", project.one()}), project.terminal()};
  child.wait_for("Type " + project.one() + ": ");
  child.write(project.one() + "\n");
  CHECK(child.wait() == 0);
}

TEST_CASE("A saved plan is run as it was shown, or refused when the world has moved") {
  Project project;
  const auto file = project.path("plan.json");
  REQUIRE(project.run({"topics", "plan", "--out", file}).status == 0);
  REQUIRE(project.run({"topics", "apply", project.one(), "--yes"}).status == 0);
  const auto stale = project.run({"topics", "apply", "--plan", file, "--yes", "-o", "json"});
  CHECK(stale.status == 5);
  CHECK(ctl::parse_json(stale.out, "stdout").find("error")->text_or("code", "") == "stale_plan");
  CHECK_FALSE(project.exists(project.two()));

  REQUIRE(project.run({"topics", "plan", "--out", file}).status == 0);
  CHECK(project.run({"topics", "apply", "--plan", file, "--yes"}).status == 0);
  CHECK(project.exists(project.two()));
}

TEST_CASE("Nothing is written to a server that the context does not mean") {
  Project project;
  project.write("7d", 3, ", kafka_cluster_id: somewhereElse000000000");
  const auto ended = project.run({"topics", "apply", "--yes"});
  CHECK(ended.status == 5);
  CHECK(has(ended.err, "but context local pins somewhereElse000000000"));
  CHECK_FALSE(project.exists(project.one()));
  project.write("7d", 3, ", postgres_system_id: \"123\"");
  CHECK(project.run({"topics", "apply", "--yes"}).status == 5);
  CHECK_FALSE(project.exists(project.one()));
}
