#include <catch2/catch.hpp>

#include "project.hpp"

namespace {

struct Applied : Project {
  Applied() { REQUIRE(run({"topics", "apply", "--yes"}).status == 0); }
};

}  // namespace

TEST_CASE("What is exported plans empty, also with configs and topics that no manifest declared") {
  const Applied project;

  const sandbox::Topic undeclared{"export", 2, "cleanup.policy=compact,max.message.bytes=2000000"};
  const auto other = undeclared.name();
  const auto exported = project.run({"topics", "export", project.one(), other});
  INFO(exported.out);
  CHECK(exported.status == 0);
  CHECK(has(exported.out, "max.message.bytes"));
  CHECK_FALSE(has(exported.out, project.two()));

  Folder elsewhere;
  elsewhere.file("topics.yaml", exported.out);
  CHECK(tool::run({"validate"}, tool::clean(elsewhere.path())).status == 0);
  auto options = tool::clean(elsewhere.path());
  options.environment["MYKART_BROKERS"] = sandbox::brokers();
  const auto planned = tool::run({"topics", "plan", "--exit-code"}, options);
  INFO(planned.out + planned.err);
  CHECK(planned.status == 0);
}

TEST_CASE("Topics are deleted by their exact names, with the word, and never behind anybody's back") {
  const Applied project;
  const auto refuses = [&](const std::string& topic, const std::string& why) {
    const auto ended = project.run({"topics", "delete", topic, "--yes", "--allow-destructive"});
    INFO(topic);
    CHECK(ended.status == 5);
    CHECK(has(ended.err, why));
  };
  refuses("__consumer_offsets", "Kafka itself");
  refuses("connect-status", "Connect worker");
  oracle::produce(project.two(), {{.key = "k", .value = "just now"}});
  refuses(project.two(), "less than guard_recent=1h");
  CHECK(project.run({"topics", "delete", project.one() + "x"}).status != 0);

  const auto only_yes = project.run({"topics", "delete", project.one(), "--yes"});
  CHECK(only_yes.status == 5);
  CHECK(has(only_yes.err, "--allow-destructive"));
  CHECK(project.run({"topics", "delete", project.one(), "--dry-run"}).status == 0);
  CHECK(project.exists(project.one()));

  CHECK(project.run({"topics", "delete", project.one(), "--yes", "--allow-destructive"}).status == 0);
  CHECK_FALSE(project.exists(project.one()));
  CHECK(project.exists(project.two()));
  CHECK(has(project.run({"history"}).out, "topics delete"));
}

TEST_CASE("Without PostgreSQL topics are applied only with --no-lock") {
  const Project project;
  const std::vector<std::string> down{"--database", "postgresql://admin@localhost:1/x", "--yes"};
  auto command = down;
  command.insert(command.begin(), {"topics", "apply"});
  CHECK(project.run(command).status == 69);
  CHECK_FALSE(project.exists(project.one()));
  command.emplace_back("--no-lock");
  const auto ended = project.run(command);
  INFO(ended.err);
  CHECK(ended.status == 0);
  CHECK(project.exists(project.one()));
}
