#include <catch2/catch.hpp>

#include "project.hpp"
#include "support/report_text.hpp"

using namespace ctl;

namespace {

std::string wrong_connector(const std::string& text) {
  Problems problems;
  (void)manifest::read_connector(text, "connectors/c.json", problems);
  return lines_of(problems);
}

/// What is wrong with a folder of these migrations.
std::string wrong_migrations(const std::map<std::string, std::string>& scripts) {
  Folder folder;
  folder.file("topics.yaml", good_topics);
  for (const auto& [name, text] : scripts) folder.file("sql/migrations/" + name, text);
  return lines_of(manifest::check(folder.path()).problems);
}

}  // namespace

TEST_CASE("a connector is name and config, every value as Connect stores it") {
  Problems problems;
  const auto c = manifest::read_connector(
      "{\n \"name\": \"n\",\n \"config\": {\"name\": \"n\", \"connector.class\": \"C\", \"tasks.max\": 1, \"x\": true,\n  \"p\": "
      "\"${env:P}\"}}",
      "connectors/c.json", problems);
  CHECK(problems.empty());
  CHECK(c.name == "n");
  CHECK(c.file == "connectors/c.json");
  CHECK(c.config == Config{{"connector.class", "C"}, {"tasks.max", "1"}, {"x", "true"}, {"p", "${env:P}"}});
  CHECK(to_string(c.at) == "connectors/c.json:2:10");
  CHECK(to_string(c.key_at.at("p")) == "connectors/c.json:4:3");
}

TEST_CASE("a connector's file is read strictly") {
  CHECK(wrong_connector(R"({"name": "n", "confg": {}})") ==
        "connectors/c.json:1:1 'config' is missing (Connect's own form: {\"name\": …, \"config\": {…}})\n"
        "connectors/c.json:1:15 unknown key 'confg' (did you mean 'config'?)\n");
  CHECK(wrong_connector(R"({"name": "n", "config": {"connector.class": "C", "x": null, "y": [1]}})") ==
        "connectors/c.json:1:55 'x' is nothing, Connect stores text\nconnectors/c.json:1:66 'y' is a list, Connect stores text\n");
  CHECK(wrong_connector(R"({"name": "n", "config": {"connector.class": "C", "name": "m"}})") ==
        "connectors/c.json:1:58 the config is named 'm', the connector 'n' (leave it out of the config)\n");
  CHECK(wrong_connector(R"({"name": "n", "config": {"a": "1", "a": "2"}})").find("duplicate key 'a'") != std::string::npos);
  CHECK(wrong_connector(R"({"name": "n", "config": {}})").find("'connector.class' is missing") != std::string::npos);
  CHECK(wrong_connector("{").find("not JSON") != std::string::npos);
}

TEST_CASE("two files cannot declare the same connector") {
  Folder folder;
  const auto* connector = R"({"name": "n", "config": {"connector.class": "C"}})";
  folder.file("topics.yaml", good_topics).file("connectors/a.json", connector).file("connectors/b.json", connector);
  CHECK(lines_of(manifest::check(folder.path()).problems) ==
        "connectors/b.json:1:10 the connector 'n' is declared in connectors/a.json as well\n");
}

TEST_CASE("migrations have their parts and directives") {
  Folder folder;
  folder.file("topics.yaml", good_topics)
      .file("sql/migrations/0001_core.deploy.sql", "-- phase: expand\n-- The core: what it sells.\ncreate table a();\n")
      .file("sql/migrations/0001_core.verify.sql", "select 1;")
      .file("sql/migrations/0002_index.deploy.sql", "-- phase: expand\n-- no-transaction\n\ncreate index concurrently i on a(b);")
      .file("sql/migrations/0002_index.verify.sql", "select 1;")
      .file("sql/migrations/0002_index.revert.sql", "drop index i;")
      .file("sql/migrations/0003_drop.deploy.sql",
            "-- phase: contract\n-- run-by: finalize\ndrop table a;\n-- phase: not a directive any more")
      .file("sql/migrations/0003_drop.verify.sql", "select 1;");
  const auto project = manifest::load(folder.path());
  REQUIRE(project.migrations.size() == 3);
  const auto& core = project.migrations[0];
  CHECK(core.id == "0001_core");
  CHECK(core.phase == Migration::Phase::expand);
  CHECK(core.transactional);
  CHECK(core.verify == "select 1;");
  CHECK(core.revert.empty());
  CHECK(core.revert_file.empty());
  CHECK(core.deploy_file == "sql/migrations/0001_core.deploy.sql");
  CHECK(core.digest.size() == 64);
  CHECK_FALSE(project.migrations[1].transactional);
  CHECK(project.migrations[1].revert_file == "sql/migrations/0002_index.revert.sql");
  CHECK(project.migrations[2].phase == Migration::Phase::contract);
  CHECK(project.migrations[2].run_by == Migration::RunBy::finalize);
}

TEST_CASE("wrong directives are named") {
  const auto wrong = [](const std::string& text) {
    return wrong_migrations({{"0001_a.deploy.sql", text}, {"0001_a.verify.sql", "select 1;"}});
  };
  CHECK(wrong("create table a();") ==
        "sql/migrations/0001_a.deploy.sql:1:1 the phase is missing (begin the file with `-- phase: expand` or `-- phase: contract`)\n");
  CHECK(wrong("-- phse: expand\nselect 1").find("0001_a.deploy.sql:1:1 unknown directive 'phse' (did you mean 'phase'?)") !=
        std::string::npos);
  CHECK(wrong("-- phase: expnd\n") ==
        "sql/migrations/0001_a.deploy.sql:1:1 'phase' is 'expnd', it should be one of expand, contract (did you mean 'expand'?)\n");
  CHECK(wrong("-- a\n-- phase: expand\n-- phase: expand\n") == "sql/migrations/0001_a.deploy.sql:3:1 'phase' is there twice\n");
  CHECK(wrong("-- phase: contract\n") ==
        "sql/migrations/0001_a.deploy.sql:1:1 a contract migration says who runs it (add `-- run-by: deploy` or `-- run-by: finalize`)\n");
  CHECK(wrong("-- phase: expand\n-- run-by: deploy\n").find("0001_a.deploy.sql:2:1 run-by is for contract migrations") !=
        std::string::npos);
  CHECK(wrong("-- phase: expand\n-- Note: words are no directives.\nselect 1;").empty());
}

TEST_CASE("numbers and parts of migrations are complete") {
  const std::string expand = "-- phase: expand\nselect 1;";
  CHECK(wrong_migrations(
            {{"0001_a.deploy.sql", expand}, {"0001_a.verify.sql", ""}, {"0003_b.deploy.sql", expand}, {"0003_b.verify.sql", ""}}) ==
        "sql/migrations/0003_b.deploy.sql:1:1 0002 is missing before 0003_b (numbers have no gaps)\n");
  CHECK(wrong_migrations(
            {{"0001_a.deploy.sql", expand}, {"0001_a.verify.sql", ""}, {"0001_b.deploy.sql", expand}, {"0001_b.verify.sql", ""}}) ==
        "sql/migrations/0001_b.deploy.sql:1:1 the number 0001 is there twice (migrations run in the order of their numbers)\n");
  CHECK(wrong_migrations({{"0000_a.deploy.sql", expand}, {"0000_a.verify.sql", ""}}).find("numbers begin with 0001") != std::string::npos);
  CHECK(wrong_migrations({{"0001_a.revert.sql", "x"}}) == "sql/migrations/0001_a.revert.sql:1:1 there is no 0001_a.deploy.sql\n");
  for (const auto* name : {"1_a.deploy.sql", "0001-a.deploy.sql", "0001_A.deploy.sql", "0001_a.sql", "0001_a.undo.sql"}) {
    INFO(name);
    CHECK(wrong_migrations({{name, expand}}).find("is no name of a migration (NNNN_name.deploy.sql, .verify.sql or .revert.sql)") !=
          std::string::npos);
  }
  Problems problems;
  Folder folder;
  folder.file("topics.yaml", good_topics).file("sql/migrations/0001_a.deploy.sql", expand);
  const auto checked = manifest::check(folder.path());
  REQUIRE(checked.problems.size() == 1);
  CHECK(checked.problems[0].severity == Severity::warning);
  CHECK(checked.problems[0].what.find("there is no 0001_a.verify.sql") == 0);
}

TEST_CASE("the digest is of every file, and of nothing else") {
  Folder folder;
  folder.file("topics.yaml", good_topics)
      .file("connectors/a.json", R"({"name": "n", "config": {"connector.class": "C"}})")
      .file("README.md", "x");
  const auto before = manifest::load(folder.path()).digest;
  CHECK(manifest::load(folder.path()).digest == before);
  folder.file("README.md", "y");
  CHECK(manifest::load(folder.path()).digest == before);
  folder.file("connectors/a.json", R"({"name": "n", "config": {"connector.class": "D"}})");
  CHECK(manifest::load(folder.path()).digest != before);
}

TEST_CASE("validate shows where, how bad, which rule, what and how to mend it") {
  Folder folder;
  folder.file("topics.yaml", replaced(good_topics, "owner: web", "ownr: web")).file("connectors/a.json", "{}");
  const auto checked = manifest::check(folder.path());
  const auto report = manifest::report(checked.problems, checked.files, false);
  CHECK(text_of(report) ==
        "WHERE|SEVERITY|RULE|MESSAGE|FIX\n"
        "topics.yaml:15:5|error|missing-key|'owner' is missing|\n"
        "topics.yaml:16:5|error|unknown-key|unknown key 'ownr'|did you mean 'owner'?\n"
        "connectors/a.json:1:1|error|missing-key|'name' is missing|\n"
        "connectors/a.json:1:1|error|missing-key|'config' is missing|Connect's own form: {\"name\": …, \"config\": {…}}\n"
        "2 files: 4 errors, 0 warnings\n");
  CHECK(report.ok == false);
  CHECK(
      to_json(report.data.find("problems")->list()->at(1)) ==
      R"({"file":"topics.yaml","line":16,"column":5,"severity":"error","rule":"unknown-key","message":"unknown key 'ownr'","try":"did you mean 'owner'?"})");
}

TEST_CASE("warnings are errors only when validate is strict") {
  const Problems warning{{.what = "w", .at = {"t", 1, 1}, .severity = Severity::warning}};
  CHECK(manifest::report(warning, {"t"}, false).ok == true);
  CHECK(manifest::report(warning, {"t"}, true).ok == false);
  CHECK(manifest::report({}, {"t"}, true).ok == true);
}

TEST_CASE("a folder without topics.yaml is no project") {
  Folder folder;
  CHECK_THROWS_WITH(manifest::load(folder.path()), "no topics.yaml in " + folder.path());
}
