#include <catch2/catch.hpp>
#include <csignal>

#include "kafka/producer.hpp"
#include "project.hpp"
#include "support/quiet.hpp"

namespace {

struct Monitored : Project {
  Monitored() {
    write("-1", 3);  // old records stay
    REQUIRE(run({"topics", "apply", "--yes"}).status == 0);
  }
  [[nodiscard]] process::Ended all(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"topics", "monitor", one(), "--from", "beginning", "--to", "end"});
    return run(more);
  }
};

}  // namespace

TEST_CASE("monitor waits for an open transaction below the end, says so, and ends with it") {
  const Monitored project;
  Quiet quiet;
  const ctl::Deadline until{std::chrono::seconds{30}, {}};
  const ctl::kafka::Settings settings{.brokers = sandbox::brokers(), .properties = {}, .secrets = {}, .origin = ""};
  oracle::produce(project.one(), {{.partition = 0, .key = "k", .value = "committed"}});
  ctl::kafka::Transactional out{settings, project.one(), quiet, until};
  out.begin(until);
  out.send(project.one(), "product-1", "open", ctl::now(), until);
  while (project.all({"--read-uncommitted", "-o", "name"}).out.find("product-1") == std::string::npos)
    until.check("waiting for the record");

  process::Child child{tool::command({"topics", "monitor", project.one(), "--from", "beginning", "--to", "end"}), project.options()};
  child.wait_for("waiting for an open transaction: " + project.one());
  CHECK(child.out().find("committed") != std::string::npos);
  CHECK(child.out().find("open") == std::string::npos);
  CHECK(child.running());
  REQUIRE(out.commit(until) == ctl::kafka::Transactional::Commit::done);
  CHECK(child.wait() == 0);
  CHECK(child.out().find("open") != std::string::npos);
}

TEST_CASE("a topic with one partition or none that is stuck ends without a word about transactions") {
  const Monitored project;
  oracle::produce(project.one(), {{.partition = 1, .key = "k", .value = "v"}});
  const auto ended = project.all();
  CHECK(ended.status == 0);
  CHECK(ended.err == "1 of 1 records shown\n");
}

TEST_CASE("wide rows have the headers, several topics their name, local times their distance from UTC") {
  const Monitored project;
  oracle::produce(project.one(),
                  {{.partition = 0, .time_ms = 1'700'000'000'123, .key = "k", .value = std::nullopt, .headers = {{"trace", "\x1b[2J"}}}});
  const auto wide = project.all({"-o", "wide"}).out;
  CHECK(wide.find("HEADERS") != std::string::npos);
  CHECK(wide.find("trace=\\u001b[2J   <null>\n") != std::string::npos);
  CHECK(wide.find("2023-11-14T22:13:20.123Z") != std::string::npos);
  auto options = project.options();
  options.environment["TZ"] = "Asia/Kolkata";
  const auto local =
      tool::run({"topics", "monitor", project.one(), project.two(), "--from", "beginning", "--to", "end", "--local"}, options).out;
  CHECK(local.find("2023-11-15T03:43:20.123+05:30  " + project.one() + "  ") != std::string::npos);
  CHECK(local.find("TOPIC") != std::string::npos);
}

TEST_CASE("a reader of ours that goes away is no event: exit 0, and nothing on stderr") {
  const Monitored project;
  oracle::produce(project.one(), {{.key = "a", .value = "b"}});
  auto options = project.options();
  options.environment["TOOL"] = tool::path;
  options.environment["TOPIC"] = project.one();
  const auto piped = process::run({"bash", "-c", "$TOOL topics monitor $TOPIC --from beginning | head -1; echo ${PIPESTATUS[0]}"}, options);
  CHECK(piped.out.ends_with("\n0\n"));
  CHECK(piped.err == "");
}

TEST_CASE("a colour is the tool's own: on a terminal nothing of a record changes it") {
  const Monitored project;
  oracle::produce(project.one(), {{.key = "\x1b]0;owned\x07", .value = std::nullopt},
                                  {.key = "k\r\x1b[2K",
                                   .value = "\xC2\x9B"
                                            "31m"}});
  process::Child child{tool::command({"topics", "monitor", project.one(), "--from", "beginning", "--to", "end"}), project.terminal()};
  CHECK(child.wait() == 0);
  auto shown = child.out();
  for (const std::string own : {"\x1b[2m", "\x1b[0m"})
    for (auto at = shown.find(own); at != std::string::npos; at = shown.find(own)) shown.erase(at, own.size());
  CHECK(shown.find("<null>") != std::string::npos);
  CHECK(shown.find("\x1b]") == std::string::npos);
  CHECK(shown.find("\x1b[2K") == std::string::npos);
  CHECK(shown.find("\xC2\x9B") == std::string::npos);
}
