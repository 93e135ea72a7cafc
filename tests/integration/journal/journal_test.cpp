#include <catch2/catch.hpp>
#include <string>

#include "core/error.hpp"
#include "journal/journal.hpp"
#include "journal/lock.hpp"
#include "sql/queries.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

using namespace ctl;
namespace {

struct Fixture {
  sandbox::Database database{"journal"};
  Quiet quiet{};
  Deadline until{20s, {}};
  postgres::Target target{.conninfo = database.url()};
  postgres::Connection open(postgres::Access access = postgres::Access::read_write) {
    return postgres::Connection::open(target, access, quiet, until);
  }
  static Step step(std::string name) { return {.resource = {Kind::topic, std::move(name)}, .phase = "topics", .action = Action::create}; }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a database without a journal reads as empty and stays as it is") {
  auto session = open(postgres::Access::read_only);
  Journal journal{session, until};
  CHECK_FALSE(journal.present());
  CHECK(journal.runs(10, until).empty());
  CHECK_FALSE(journal.last_migration(until));
  CHECK(journal.holds(until).empty());
  CHECK(database.value("select count(*) from pg_namespace where nspname = 'mykartctl'") == "0");
}

TEST_CASE_METHOD(Fixture, "a step without an end is in doubt until the same resource is done") {
  auto session = open();
  Journal journal{session, until};
  const auto run = journal.begin({.command = "deploy", .direction = "deploy", .context = "t"}, until);
  const auto first = journal.started(run, step("a"), Value{}, until), second = journal.started(run, step("b"), Value{}, until);
  CHECK(second == first + 1);
  journal.finished(run, first, Verdict::done, "", until);
  REQUIRE(journal.in_doubt(until).size() == 1);
  CHECK(journal.in_doubt(until)[0].name == "b");

  const auto next = journal.begin({.command = "deploy", .direction = "deploy", .context = "t"}, until);
  journal.finished(next, journal.started(next, step("b"), Value{}, until), Verdict::done, "", until);
  CHECK(journal.in_doubt(until).empty());
  journal.end(next, "done", "", until);
  CHECK(journal.last_migration(until)->id == next);
  CHECK(journal.runs(10, until).size() == 2);
}

TEST_CASE_METHOD(Fixture, "a hold keeps what was before the first one") {
  auto session = open();
  Journal journal{session, until};
  journal.hold({.topic = "a", .key = "retention.ms", .value = "-1", .was = "604800000", .run = 1}, until);
  journal.hold({.topic = "a", .key = "retention.ms", .value = "-1", .was = "-1", .run = 2}, until);
  REQUIRE(journal.holds(until).size() == 1);
  CHECK(journal.holds(until)[0].was == "604800000");
  journal.release("a", "retention.ms", until);
  CHECK(journal.holds(until).empty());
}

TEST_CASE_METHOD(Fixture, "seals, migrations and core tables come back as they were recorded") {
  auto session = open();
  Journal journal{session, until};
  journal.seal({.table = "public.a",
                .topic = "t.a",
                .direction = "deploy",
                .digest = "d",
                .rows = 3,
                .events = 3,
                .last_id = -7,
                .ends = {{0, 5}, {2, 9}},
                .run = 1},
               until);
  REQUIRE(journal.seals(until).size() == 1);
  const auto seal = journal.seals(until)[0];
  CHECK(seal.last_id == -7);
  CHECK(seal.ends == std::map<int, std::int64_t>{{0, 5}, {2, 9}});
  journal.unseal("public.a", "rollback", until);
  CHECK(journal.seals(until).size() == 1);
  journal.unseal("public.a", "deploy", until);
  CHECK(journal.seals(until).empty());

  journal.record({.id = "0001", .digest = "x", .state = "applied", .by = "ana"}, 1, until);
  journal.record({.id = "0001", .digest = "x", .state = "reverted", .by = "ana"}, 2, until);
  CHECK(journal.migrations(until).at("0001").state == "reverted");

  journal.record_core({.table = "public.p", .digest = "1", .rows = 1, .max_id = "1", .run = 1}, until);
  journal.record_core({.table = "public.p", .digest = "2", .rows = 2, .max_id = "2", .run = 2}, until);
  REQUIRE(journal.core(until).size() == 1);
  CHECK(journal.core(until)[0].digest == "2");
}

TEST_CASE_METHOD(Fixture, "whoever finds the lock taken is told who holds it, the end of the holder's session frees it") {
  const Lock::Holder ana{.who = "ana", .host = "ops1", .command = "deploy", .pid = 4711};
  std::optional<Lock> held{Lock::take(target, "prod", ana, quiet, until)};
  try {
    static_cast<void>(Lock::take(target, "prod", {.who = "bob", .host = "ops2", .command = "rollback"}, quiet, until));
    FAIL("two holders");
  } catch (const Error& e) {
    CHECK(e.code() == Code::busy);
    CHECK(std::string{e.what()}.find("ana@ops1 (pid 4711) runs deploy since ") == 0);
    CHECK(e.text().hint.find("pg_terminate_backend(") != std::string::npos);
  }
  static_cast<void>(Lock::take(target, "staging", ana, quiet, until));  // another context is another lock

  auto session = open(postgres::Access::read_only);
  const auto holder = lock_holder(session, "prod", until);
  REQUIRE(holder);
  CHECK(holder->who == "ana");
  database.run("select pg_terminate_backend(" + std::to_string(holder->backend) + ", 5000)");
  CHECK_THROWS_AS(held->check(until), Error);
  CHECK_FALSE(lock_holder(session, "prod", until));
  static_cast<void>(Lock::take(target, "prod", ana, quiet, until));
}

TEST_CASE_METHOD(Fixture,
                 "a journal of the first version keeps what is in it when it is upgraded, and one of a newer version is left alone") {
  database.run(std::string{sql::journal_schema} +
               "insert into mykartctl.run (command, context, who, host, pid, version) values ('deploy', 't', 'w', 'h', 1, '0')");
  auto looking = open(postgres::Access::read_only);
  CHECK(Journal{looking, until}.runs(10, until).size() == 1);  // as it is
  CHECK(database.value("select to_regclass('mykartctl.journal_version') is null") == "t");

  auto session = open();
  for (int time = 0; time < 2; ++time) CHECK(Journal{session, until}.runs(10, until).size() == 1);
  const auto version = database.value("select max(version) from mykartctl.journal_version");
  CHECK(database.value("select count(*) from mykartctl.journal_version") == std::to_string(std::stoi(version) - 1));

  database.run("insert into mykartctl.journal_version (version) values (1000)");
  CHECK_THROWS_WITH((Journal{session, until}), Catch::Contains("version 1000"));
  CHECK(Journal{looking, until}.runs(10, until).size() == 1);
}
