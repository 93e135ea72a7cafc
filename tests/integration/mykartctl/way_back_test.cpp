// The way back as a person types it: what preflight says of it before, and that nothing but that stops it.
#include "project.hpp"

namespace {

/// A table `ev` of its own for topic two, which is retired and brought back by a migration.
class Rollback : public Project {
 public:
  explicit Rollback(const std::string& columns = "n int, ts timestamp default now()") {
    database().run("create table ev (id serial primary key, " + columns + "); insert into ev (n) select i from generate_series(1, 20) i");
    declare(3);
    migration("deploy",
              "-- phase: contract\n-- run-by: deploy\ncreate schema if not exists retired;\nalter table public.ev set schema retired;\n");
    migration("revert", "alter table retired.ev set schema public;\n");
    migration("verify", "do $$ begin if to_regclass('retired.ev') is null then raise exception 'no'; end if; end $$;\n");
  }
  void declare(int partitions) {
    write("-1", partitions, ", quiet_for: 1s", ", source: {table: ev, id: id, time: ts, time_zone: UTC, key: 'k-{n}', fields: [n, ts]}");
  }
  void deploy() const {
    const auto deployed = run({"deploy", "--yes", "--writers-gone"});
    INFO(deployed.out << deployed.err);
    REQUIRE(deployed.status == 0);
  }
  void application_writes(int events) const {
    std::vector<oracle::Record> made;
    for (int i = 0; i < events; ++i) made.push_back({.key = "k-1", .value = R"({"n":1,"ts":"2026-01-01T00:00:00.000Z"})"});
    oracle::produce(two(), made);
  }
  [[nodiscard]] process::Ended rollback(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> typed{"rollback", "--yes", "--writers-gone"};
    typed.insert(typed.end(), more.begin(), more.end());
    return run(typed);
  }
  [[nodiscard]] std::string rows() const { return database().value("select count(*) from public.ev"); }

 private:
  void migration(const std::string& part, const std::string& sql) { file("sql/migrations/0001_retire." + part + ".sql", sql); }
};

}  // namespace

TEST_CASE("What was removed before the first rollback is said before a table is brought back, and --accept-loss goes on") {
  Rollback project;
  project.deploy();
  project.application_writes(30);
  oracle::cut(project.two(), 0, 5);
  const auto refused = project.rollback();
  CHECK(refused.status == 4);
  CHECK(has(refused.out, "lost at most 5 events"));
  CHECK(has(refused.out, "partition 0 offsets 0 to 4"));
  CHECK(has(refused.out, "--accept-loss 5"));
  CHECK(project.database().value("select to_regclass('public.ev') is null") == "t");
  CHECK(project.run({"preflight", "rollback"}).status == 4);
  const auto done = project.rollback({"--accept-loss", "5"});
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(std::stoi(project.rows()) > 20);
}

TEST_CASE("Partitions that were added after the switch do not keep the tables away, and are replayed from their start") {
  Rollback project;
  project.deploy();
  project.declare(5);
  CHECK(project.run({"topics", "apply", project.two(), "--yes", "--allow-destructive"}).status == 0);
  project.declare(3);
  std::vector<oracle::Record> made;
  for (int partition = 0; partition < 5; ++partition)
    made.push_back({.partition = partition, .key = "k-1", .value = R"({"n":1,"ts":"2026-01-01T00:00:00.000Z"})"});
  oracle::produce(project.two(), made);
  CHECK(has(project.run({"preflight", "rollback"}).out, "has 5 partitions, 3 are declared"));
  const auto done = project.rollback();
  INFO(done.out << done.err);
  CHECK(done.status == 0);
  CHECK(project.rows() == "25");
}

TEST_CASE("Preflight says of each table what events could not become rows of, before it is retired") {
  Rollback project{"n int, ts timestamp default now(), g int generated always as (n * 2) stored, must text not null default ''"};
  project.database().run(
      "alter table ev alter must drop default; create function nothing() returns trigger language plpgsql as 'begin return null; end'; "
      "create trigger swallow before insert on ev for each row execute function nothing(); select setval('ev_id_seq', 7)");
  const auto seen = project.run({"preflight", "--only", "data"});
  CHECK(seen.status == 4);
  CHECK(has(seen.out, "must may not be NULL"));
  CHECK(has(seen.out, "trigger swallow (before each row)"));
  CHECK(has(seen.out, "public.ev_id_seq is at 7, behind the highest id 20"));
  CHECK(project.run({"deploy", "--yes", "--writers-gone"}).status == 4);
  CHECK(project.rows() == "20");
  project.database().run("alter table ev alter must set default ''; select setval('ev_id_seq', 2147483647)");
  CHECK(has(project.run({"preflight", "--only", "data"}).out, "0 new ids are left (up to 2147483647), 1 may be needed"));
  project.database().run("select setval('ev_id_seq', 20)");
  CHECK(project.run({"preflight", "--only", "data"}).status == 0);
  project.database().run("alter table ev alter id drop default");
  CHECK(has(project.run({"preflight", "--only", "data"}).out, "id gets no ids from a sequence"));
}

TEST_CASE("A step that a killed run left open is closed by the same command when it finds nothing to do") {
  const Project project;
  REQUIRE(project.run({"topics", "apply", "--yes"}).status == 0);
  project.database().run(
      "insert into mykartctl.run (command, context, who, host, pid, version) values ('topics apply', 'local', 'ana', 'gone', 1, '0'); "
      "insert into mykartctl.step (run, seq, kind, name, phase, action, step) select max(run), 1, 'topic', '" +
      project.one() + "', '', 'update', '{}' from mykartctl.run");
  const auto open = "select count(*) from mykartctl.step where finished is null";
  CHECK(project.database().value(open) == "1");
  CHECK(project.run({"topics", "apply", "--dry-run"}).status == 0);
  CHECK(project.database().value(open) == "1");
  CHECK(project.run({"topics", "apply", "--yes"}).status == 0);
  CHECK(project.database().value(open) == "0");
}
