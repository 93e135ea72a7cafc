#include <catch2/catch.hpp>

#include "model/connector.hpp"
#include "model/project.hpp"

using namespace ctl;

TEST_CASE("a table without a schema is in public") {
  CHECK(table_name("clicks") == TableName{"public", "clicks"});
  CHECK(table_name("retired.clicks") == TableName{"retired", "clicks"});
  CHECK(to_string(table_name("clicks")) == "public.clicks");
}

TEST_CASE("a project answers small questions about itself") {
  Project project;
  project.topics = {{.name = "cdc.b", .captures = "public.b"}, {.name = "cdc.a", .captures = "public.a"}, {.name = "events"}};
  project.tables = {{.table = {"public", "clicks"}, .topic = "events"}};
  CHECK(project.core_tables() == std::vector<TableName>{{"public", "a"}, {"public", "b"}});
  CHECK(project.topic("cdc.b")->captures == "public.b");
  CHECK(project.topic("none") == nullptr);
  CHECK(project.table_of("events")->table.name == "clicks");
  CHECK(project.table_of("cdc.a") == nullptr);
}

TEST_CASE("a connector's tables are those of its include list") {
  const ConnectorSpec connector{.name = "c", .config = {{"table.include.list", "public.a, s.b,"}}};
  CHECK(connector.tables() == std::vector<TableName>{{"public", "a"}, {"s", "b"}});
  CHECK(connector.get("none", "otherwise") == "otherwise");
  CHECK(ConnectorSpec{}.tables().empty());
}

TEST_CASE("states of a connector are read in any case, and unknown words are unknown") {
  CHECK(run_state("RUNNING") == RunState::running);
  CHECK(run_state("failed") == RunState::failed);
  CHECK(run_state("DANCING") == RunState::unknown);
  CHECK(to_string(RunState::unassigned) == "UNASSIGNED");
}

TEST_CASE("the failure of a connector is its own or that of its first failed task") {
  ConnectorStatus status{.name = "c",
                         .state = RunState::running,
                         .tasks = {{.id = 0, .state = RunState::running}, {.id = 1, .state = RunState::failed, .cause = "no slot"}}};
  CHECK(status.running() == 1);
  REQUIRE(status.failure() != nullptr);
  CHECK(*status.failure() == "no slot");
  status.tasks.pop_back();
  CHECK(status.failure() == nullptr);
}

TEST_CASE("positions in the WAL are compared as numbers") {
  CHECK(parse_lsn("0/16B3748") == 0x16B3748);
  CHECK(parse_lsn("A/0") == 0xA00000000);
  CHECK(format_lsn(parse_lsn("1F/ABCDEF01")) == "1F/ABCDEF01");
  CHECK(parse_lsn("9/FFFFFFFF") < parse_lsn("A/0"));
  for (const auto* text : {"", "0", "x/1", "1/x", "1/", "1/123456789"}) CHECK(parse_lsn(text) == 0);
}
