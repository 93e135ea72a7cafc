#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "cli.hpp"
#include "help.hpp"

using namespace ctl;
using namespace ctl::cli;

namespace {

std::vector<std::string> words(const std::string& line) { return split(line, ' '); }

/// "what | try", or "" when the line was taken.
std::string refusal(const std::vector<std::string>& typed) {
  try {
    static_cast<void>(parse(typed));
    return "";
  } catch (const Error& e) {
    CHECK(e.code() == Code::usage);
    return std::string{e.what()} + " | " + e.text().hint;
  }
}
std::string refusal(const std::string& line) { return refusal(words(line)); }

}  // namespace

TEST_CASE("Options stand before, between and behind the words of a command") {
  for (const auto* line : {"topics list --brokers b:1 -o json", "--brokers b:1 topics -o json list", "-ojson --brokers=b:1 topics list"}) {
    INFO(line);
    const auto typed = parse(words(line));
    CHECK(typed.command->path == "topics list");
    CHECK(typed.text("brokers") == "b:1");
    CHECK(typed.text("output") == "json");
  }
}

TEST_CASE("Short flags may be bundled, values may begin with a dash, and -- ends the options") {
  CHECK(parse(words("version -vv")).times("verbose") == 2);
  const auto monitor = parse(words("topics monitor a --from -10 -- -b"));
  CHECK(monitor.position("from")->number == 10);
  CHECK(monitor.names == std::vector<std::string>{"a", "-b"});
  CHECK(parse(words("topics monitor a --from -2h")).position("from")->of == RecordPosition::Of::instant);
}

TEST_CASE("A wrong line names the wrong word and says what to type") {
  const std::pair<const char*, const char*> cases[] = {
      {"verison", "unknown command 'verison' | mykartctl version"},
      {"topcs list", "unknown command 'topcs' | mykartctl topics list"},
      {"list topics", "unknown command 'list' | mykartctl topics list"},
      {"topics lits", "unknown command 'topics lits' | mykartctl topics list"},
      {"version --otput json", "unknown option '--otput' | --output"},
      {"version -z", "unknown option '-z' | mykartctl help options"},
      {"version -o jsn", "--output: 'jsn' is none of table wide json yaml name | --output json"},
      {"version --timeout 5x", "--timeout: '5x' is no duration | 500ms, 30s, 5m, 12h or 7d"},
      {"version --timeout 5", "--timeout: '5' has no unit | --timeout 5s"},
      {"version --context a --context b", "--context was given 2 times | give it once"},
      {"version --quiet=3", "--quiet takes no value | --quiet"},
      {"version --context", "--context needs a value | "},
      {"version x", "version does not take 'x' | mykartctl version"},
      {"version --limit 3", "version does not take --limit | mykartctl help version"},
      {"version -q -v", "--verbose and --quiet contradict each other | "},
      {"topics monitor", "topics monitor needs TOPIC… | mykartctl topics monitor TOPIC…"},
      {"topics monitor a --limit -3", "--limit: '-3' is no count | a whole number, 0 or more"},
      {"topics monitor a --kafka-property x", "--kafka-property: 'x' is no KEY=VALUE | socket.timeout.ms=5000"},
  };
  for (const auto& [line, expected] : cases) {
    INFO(line);
    CHECK(refusal(line) == expected);
  }
}

TEST_CASE("A password on the command line is refused and not repeated") {
  for (const auto* line : {"version --database postgresql://admin:hunter2@db/x", "version --connect-url http://u:hunter2@c:8083",
                           "version --kafka-property sasl.password=hunter2", "version --password=hunter2"}) {
    INFO(line);
    const auto said = refusal(line);
    CHECK(said != "");
    CHECK(said.find("hunter2") == std::string::npos);
  }
  CHECK(refusal({"version", "--database", "host=h password=hunter2"}).find("hunter2") == std::string::npos);
  CHECK(refusal("version --database postgresql://admin@db:5432/x") == "");
}

TEST_CASE("the options --help and --version win over everything else on the line") {
  const auto help = parse(words("topics monitor --from nonsense --limit 3 --help"));
  CHECK(help.command->path == "help");
  CHECK(help.names == std::vector<std::string>{"topics", "monitor"});
  CHECK(parse(words("-V")).command->path == "version");
}

TEST_CASE("The form of the answer is known before the line is understood") {
  CHECK(output_wanted(words("nonsense --xyz -o json")) == "json");
  CHECK(output_wanted(words("-oyaml")) == "yaml");
  CHECK(output_wanted(words("--output=json x")) == "json");
  CHECK(output_wanted(words("x -- -o json")) == "");
}

TEST_CASE("Every row of the tables is complete: options exist, examples parse, help fits the screen") {
  for (const auto& section : sections())
    for (const auto& command : section.commands) {
      INFO(command.path);
      CHECK_FALSE(command.summary.empty());
      CHECK_FALSE(command.exits.empty());
      CHECK_FALSE(command.examples.empty());
      CHECK(command.run != nullptr);
      for (const auto& example : split(command.examples, '\n')) {
        const auto line = example.substr(0, example.find("  #"));
        INFO(line);
        REQUIRE(line.starts_with("mykartctl "));
        const auto end = std::min(line.find(" | "), line.find(" > "));  // the rest is the shell's
        CHECK(parse(words(line.substr(10, end == std::string::npos ? end : end - 10))).command == &command);
      }
      for (const auto& block : command_page(command).blocks) CHECK(std::get<Line>(block).cell.text.size() < 110);
    }
}

TEST_CASE("An option has one name, one letter and one meaning") {
  std::set<std::string_view> names, letters;
  for (const auto& option : all_options()) {
    CHECK(names.insert(option.name).second);
    if (!option.letter.empty()) CHECK(letters.insert(option.letter).second);
    CHECK_FALSE(option.help.empty());
  }
}

TEST_CASE("Every option is taken by some command") {
  std::set<std::string_view> taken;
  for (const auto& section : sections())
    for (const auto& command : section.commands)
      for (const auto& one : options_of(command)) taken.insert(one.option->name);
  for (const auto& option : all_options()) {
    INFO(option.name);
    CHECK(taken.contains(option.name));
  }
}
