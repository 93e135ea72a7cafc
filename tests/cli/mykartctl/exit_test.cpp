#include <catch2/catch.hpp>

#include "core/text.hpp"
#include "support/folder.hpp"
#include "support/tool.hpp"
#include "value/value.hpp"

using namespace ctl;

namespace {

struct Case {
  std::string line{};
  int status{};
  std::string out{}, err{};  ///< a part of what is printed; "" = nothing is printed at all
};

void check(const Case& expected, const process::Options& options) {
  INFO(expected.line);
  const auto ended = tool::run(split(expected.line, ' '), options);
  INFO(ended.out);
  INFO(ended.err);
  CHECK(ended.status == expected.status);
  if (expected.out.empty())
    CHECK(ended.out == "");
  else
    CHECK(ended.out.find(expected.out) != std::string::npos);
  if (expected.err.empty())
    CHECK(ended.err == "");
  else
    CHECK(ended.err.find(expected.err) != std::string::npos);
}

}  // namespace

TEST_CASE("Answers go to stdout with 0, complaints to stderr with the code of their kind") {
  const std::string nowhere = " --brokers localhost:1 --database postgresql://admin@localhost:1/x --connect-url http://localhost:1";
  const std::vector<Case> cases{
      {"version", 0, "mykartctl 0.", ""},
      {"--version", 0, "mykartctl 0.", ""},
      {"help", 0, "mykartctl deploy", ""},
      {"-h", 0, "mykartctl deploy", ""},
      {"help exit-codes", 0, "143", ""},
      {"config show", 0, "localhost:9092", ""},
      {"validate", 0, "0 errors", ""},
      {"", 64, "", "no command was given"},
      {"topics", 64, "", "topics needs a verb"},
      {"topcs list", 64, "", "try: mykartctl topics list"},
      {"topics list --otput json", 64, "", "try: --output"},
      {"connector delete x", 64, "", "--keep-slot"},
      {"deploy --until nowhere", 64, "", "nowhere"},
      {"deploy --yes" + nowhere, 69, "connection refused", "PostgreSQL does not answer"},
      {"deploy --plan /nonexistent/plan.json --dry-run", 64, "", "there is no file /nonexistent/plan.json"},
      {"topics plan mykart.clikcs" + nowhere, 64, "", "try: mykart.clicks"},
      {"connector plan -f tests/data/connectors/old-mykart.json" + nowhere, 65, "secret-in-clear", ""},
      {"topics list" + nowhere, 69, "", "connection refused at localhost:1 (flag --brokers)"},
      {"topics monitor x" + nowhere, 69, "", "localhost:1 (flag --brokers)"},
      {"config show --context nope", 78, "", "there is no context 'nope'"},
  };
  for (const auto& one : cases) check(one, tool::clean());
}

TEST_CASE("Without a project the first command says where it looked") {
  const Folder empty;
  check({"validate", 65, "", "no topics.yaml in " + empty.path()}, tool::clean(empty.path()));
  check({"version", 0, "mykartctl", ""}, tool::clean(empty.path()));
}

TEST_CASE("A broken mykartctl.yaml stops every command but help and version") {
  Folder folder;
  folder.file("mykartctl.yaml", "contexts:\n  local: {broker: x}\n");
  check({"config show", 78, "", "mykartctl.yaml:2:11"}, tool::clean(folder.path()));
  check({"help", 0, "mykartctl deploy", ""}, tool::clean(folder.path()));
  check({"version", 0, "mykartctl", ""}, tool::clean(folder.path()));
}

TEST_CASE("With -o json stdout is one document, also when the line is wrong") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"topcs", "-o", "json"}, "usage"},
      {{"-ojson", "topics"}, "usage"},
      {{"config", "show", "--context", "nope", "--output=json"}, "config"},
      {{"topics", "list", "--brokers", "localhost:1", "-o", "json"}, "unreachable"},
  };
  for (const auto& [line, code] : cases) {
    const auto ended = tool::run(line);
    INFO(ended.out);
    const auto document = parse_json(ended.out, "stdout");
    CHECK(document.find("error")->text_or("code", "") == code);
    CHECK(document.integer_or("exit_code", -1) == ended.status);
    CHECK(*document.find("ok")->boolean() == false);
    CHECK(ended.err.starts_with("mykartctl: error: "));
  }
  const auto by_variable = [] {
    auto options = tool::clean();
    options.environment["MYKART_OUTPUT"] = "json";
    return tool::run({"verzion"}, options);
  }();
  CHECK(parse_json(by_variable.out, "stdout").find("error")->text_or("code", "") == "usage");
}

TEST_CASE("Every command has a page, and all ways lead to it") {
  const auto all = parse_json(tool::run({"help", "-o", "json"}).out, "stdout");
  REQUIRE(all.find("commands")->list()->size() > 20);
  for (const auto& command : *all.find("commands")->list()) {
    auto words = split(command.text_or("command", ""), ' ');
    INFO(command.text_or("command", ""));
    const auto flag = [&] {
      auto line = words;
      line.emplace_back("--help");
      return tool::run(line);
    }();
    words.insert(words.begin(), "help");
    const auto page = tool::run(words);
    CHECK(page.status == 0);
    CHECK(page.err == "");
    CHECK(page.out.find("Examples") != std::string::npos);
    CHECK(flag.out == page.out);
  }
}

TEST_CASE("A reader that goes away is no failure, a full disk is one") {
  const auto piped = tool::shell("$TOOL help | head -1; echo ${PIPESTATUS[0]}");
  CHECK(piped.out.ends_with("\n0\n"));
  CHECK(piped.err == "");
  const auto full = tool::shell("$TOOL help > /dev/full");
  CHECK(full.status == 1);
  CHECK(full.err.find("could not be written") != std::string::npos);
}

TEST_CASE("A password from the environment is used and never shown") {
  auto options = tool::clean();
  options.environment["MYKART_DATABASE"] = "postgresql://admin:hunter2secret@localhost:1/x";
  for (const std::vector<std::string>& line : {std::vector<std::string>{"config", "show", "--origin"},
                                               {"config", "show", "-o", "json"},
                                               {"schema", "status", "-v", "-o", "yaml"}}) {
    const auto ended = tool::run(line, options);
    CHECK((ended.out + ended.err).find("hunter2secret") == std::string::npos);
    CHECK((ended.out + ended.err).find("MYKART_DATABASE") != std::string::npos);
  }
}
