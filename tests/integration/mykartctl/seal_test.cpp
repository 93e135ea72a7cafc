#include <catch2/catch.hpp>
#include <pqxx/pqxx>

#include "retiring.hpp"

namespace {

/// Shows the text where it lacks the part.
bool says(const process::Ended& ended, const std::string& part) {
  UNSCOPED_INFO(ended.out + ended.err);
  return (ended.out + ended.err).find(part) != std::string::npos;
}

void must(const process::Ended& ended, int status = 0) {
  INFO(ended.out + ended.err);
  REQUIRE(ended.status == status);
}

/// Deployed up to the proof, and no further: the table is fenced and sealed.
struct Proved : Retiring {
  explicit Proved(int rows = 300) : Retiring{rows} { must(run({"deploy", "--yes", "--until", "reconcile"})); }
};

struct Deployed : Retiring {
  Deployed() { must(run({"deploy", "--yes"})); }
};

/// What `verify` says of the one table.
ctl::Value proof(const process::Ended& ended) {
  INFO(ended.out + ended.err);
  const auto answer = ctl::parse_json(ended.out, "verify");
  const auto* tables = answer.find("reconcile");
  REQUIRE(tables != nullptr);
  REQUIRE(tables->list()->size() == 1);
  return tables->list()->front();
}

std::string state_of_migration(const Retiring& project) {
  const auto answer = ctl::parse_json(project.run({"status", "-o", "json"}).out, "status");
  return answer.find("migration")->text_or("state", "");
}

}  // namespace

TEST_CASE_METHOD(Proved, "A proof of an earlier run that still holds is not made again, and the table is retired") {
  const auto plan = run({"plan"});
  CHECK_FALSE(says(plan, "parity/"));
  must(run({"deploy", "--yes"}));
  CHECK(retired());
  const auto verified = run({"verify"});
  CHECK(verified.status == 0);
  CHECK(says(verified, "300 events of 300 rows counted"));
  CHECK(state_of_migration(*this) == "sealed");
  CHECK(run({"status"}).status == 0);
}

TEST_CASE_METHOD(Proved, "Nothing is retired when its topic is gone, or was made anew and filled otherwise") {
  auto records = oracle::read(topic());
  SECTION("gone") {
    oracle::remove_topic(topic());
    await_gone();
    const auto ended = run({"deploy", "--yes"});
    CHECK(ended.status == 4);
    CHECK(says(ended, "does not exist any more"));
    CHECK_FALSE(exists());
  }
  SECTION("empty") { refill({}); }
  SECTION("altered") {
    records[7].value->replace(records[7].value->find("\"s\":\"") + 5, 1, "9");
    refill(records);
  }
  SECTION("one is missing") {
    records.pop_back();
    refill(records);
  }
  const auto plan = run({"plan"});
  CHECK(says(plan, "parity/public.ev"));
  const auto ended = run({"deploy", "--yes"});
  INFO(ended.out + ended.err);
  CHECK(ended.status != 0);
  CHECK_FALSE(retired());
}

TEST_CASE_METHOD(Proved, "Nothing is retired when records were deleted or written twice since the proof") {
  const auto records = oracle::read(topic());
  SECTION("deleted") {
    oracle::cut(topic(), records[0].partition, records[0].offset + 3);
    CHECK(says(run({"plan"}), "begins at offset 3, and began at 0"));
  }
  SECTION("twice") { oracle::produce(topic(), {records[4]}); }
  const auto ended = run({"deploy", "--yes"});
  INFO(ended.out + ended.err);
  CHECK(ended.status != 0);
  CHECK_FALSE(retired());
  CHECK(run({"deploy", "--yes"}).status != 0);  // not the second time either
  CHECK_FALSE(retired());
}

TEST_CASE_METHOD(Proved, "A row that came, went or changed after the proof takes it back") {
  SECTION("above what was moved: it is moved, and proved again") {
    write_past_the_fence("insert into ev (n, s) values (1, 'late')");
    must(run({"deploy", "--yes"}));
    CHECK(retired());
    CHECK(oracle::exactly_once(database().url(), "select id from old.ev", topic(), "ev") == "");
    return;
  }
  SECTION("below") { write_past_the_fence("insert into ev (id, n, s) values (-5, 1, 'late')"); }
  SECTION("changed") { write_past_the_fence("update ev set s = 'other' where id = 17"); }
  SECTION("gone") { write_past_the_fence("delete from ev where id = 17"); }
  SECTION("gone and back, otherwise") {
    write_past_the_fence("delete from ev where id = 17; insert into ev (id, n, s) values (17, 2, 'x')");
  }
  CHECK(says(run({"plan"}), "parity/public.ev"));
  const auto ended = run({"deploy", "--yes"});
  CHECK(ended.status == 1);
  CHECK(says(ended, "differ"));
  CHECK_FALSE(retired());
}

TEST_CASE_METHOD(Proved, "A row that is committed while the retiring transaction waits for its lock is counted under it") {
  pqxx::connection other{database().url()};
  pqxx::work late{other};
  late.exec("select * from ev limit 1");  // a reader: nothing speaks of a writer yet
  process::Child deploy{tool::command({"deploy", "--yes", "--writers-gone"}), options()};
  const auto waits =
      "select count(*) from pg_locks where not granted and mode = 'AccessExclusiveLock' and relation = 'public.ev'::regclass";
  for (int i = 0; i < 2000 && database().value(waits) == "0"; ++i) REQUIRE(deploy.running());
  late.exec(past_the_fence("insert into ev (id, n, s) values (-7, 1, 'late')"));
  late.commit();
  const auto status = deploy.wait();
  INFO(deploy.out() + deploy.err());
  CHECK(status == 5);
  CHECK(deploy.err().find("public.ev has 301 rows, and had 300") != std::string::npos);
  CHECK_FALSE(retired());
}

TEST_CASE_METHOD(Proved, "Proofs of a version that wrote down nothing hold nothing") {
  database().run("update mykartctl.seal set facts = null");
  CHECK(says(run({"plan"}), "proved by an older mykartctl"));
  CHECK(run({"status"}).status == 4);
  must(run({"deploy", "--yes"}));
  CHECK(database().value("select facts is not null from mykartctl.seal") == "t");
  CHECK(retired());
}

TEST_CASE_METHOD(Deployed, "Verify counts what is there, and status and plan say what changed") {
  must(run({"verify"}));
  CHECK(state_of_migration(*this) == "sealed");
  const auto records = oracle::read(topic());
  SECTION("an event twice") {
    oracle::produce(topic(), {records[4], records[5]});
    const auto verified = run({"verify", "-o", "json"});
    CHECK(verified.status == 4);
    CHECK(proof(verified).integer_or("duplicate", 0) == 2);
    CHECK(proof(verified).integer_or("in_topic", 0) == 302);
    return;  // metadata does not tell: the application may write as well
  }
  SECTION("records deleted") {
    oracle::cut(topic(), records[0].partition, records[0].offset + 10);
    CHECK(proof(run({"verify", "-o", "json"})).integer_or("missing", 0) == 10);
    CHECK(says(run({"status"}), "10 offsets are gone"));
  }
  SECTION("made anew") {
    refill({});
    CHECK(proof(run({"verify", "-o", "json"})).integer_or("missing", 0) == 300);
    CHECK(says(run({"status"}), "was made anew"));
  }
  SECTION("partitions added") {
    oracle::add_partitions(topic(), 4);
    CHECK(says(run({"status"}), "has 4 partitions, and had 3"));
  }
  SECTION("a row gone from the retired table") {
    write_past_the_fence("delete from old.ev where id = 3", "old.ev");
    const auto verified = run({"verify"});
    CHECK(verified.status == 4);
    CHECK(says(verified, "has 299 rows, and had 300"));
    return;  // nobody counts rows for status
  }
  CHECK(run({"verify"}).status == 4);
  CHECK(run({"status"}).status == 4);
  CHECK(state_of_migration(*this) == "unsealed");
  CHECK(run({"plan", "--exit-code"}).status == 2);
}

TEST_CASE_METHOD(Deployed, "A topic that has the only copy is not made anew as if nothing had been lost, and there is a way on") {
  oracle::remove_topic(topic());
  await_gone();
  const auto status = run({"status"});
  CHECK(status.status == 4);
  CHECK(says(status, topic() + ": does not exist, and the events of public.ev were in it; try: mykartctl topics status"));
  CHECK(run({"verify"}).status == 4);
  const auto applied = run({"topics", "apply", "--yes"});
  CHECK(applied.status == 5);
  CHECK(says(applied, "mykartctl rollback --until restore"));
  CHECK_FALSE(exists());

  must(run({"rollback", "--until", "restore", "--yes"}));
  declare(topic() + "-2");
  must(run({"deploy", "--yes"}));
  CHECK(oracle::exactly_once(database().url(), "select id from old.ev", topic(), "ev") == "");
  must(run({"verify"}));
}

TEST_CASE("Only a journey that is at its end, and proved, is called sealed") {
  const Retiring project;
  must(project.run({"deploy", "--yes", "--until", "topics"}));
  CHECK(state_of_migration(project) == "reached");
  must(project.run({"events", "backfill", "--yes"}));
  CHECK(state_of_migration(project) == "reached");
  CHECK(says(project.run({"status"}), "next: mykartctl deploy"));
  const auto proved = project.run({"deploy", "--yes", "--until", "reconcile"});
  CHECK(says(proved, "reached reconcile in"));
  CHECK(says(proved, "Next: mykartctl deploy"));
  CHECK(state_of_migration(project) == "reached");
  must(project.run({"deploy", "--yes"}));
  CHECK(state_of_migration(project) == "sealed");
  oracle::produce(project.topic(), {{.key = "k-1", .value = R"({"n":1,"ts":"2026-01-01T00:00:00.000Z","s":"app"})"}});
  CHECK(state_of_migration(project) == "sealed");  // the application goes on

  must(project.run({"rollback", "--yes", "--until", "restore"}));
  CHECK(state_of_migration(project) == "reached");
  CHECK(says(project.run({"status"}), "still to be replayed"));
  CHECK(says(project.run({"status"}), "next: mykartctl rollback"));
  must(project.run({"rollback", "--yes"}));
  CHECK(state_of_migration(project) == "sealed");
  must(project.run({"verify"}));
  oracle::produce(project.topic(), {{.key = "k-1", .value = R"({"n":1,"ts":"2026-01-01T00:00:00.000Z","s":"late"})"}});
  CHECK(state_of_migration(project) == "unsealed");
  must(project.run({"rollback", "--yes"}));
  CHECK(state_of_migration(project) == "sealed");
  CHECK(project.database().value("select count(*) from ev where s = 'late'") == "1");
}

TEST_CASE("What removes records besides age is held off before the first row, and watched") {
  const Retiring project{300, "retention.bytes: 1048576, local.retention.ms: 1000"};
  oracle::create_topic(project.topic(), 3);
  oracle::override_configs(project.topic(), {{"cleanup.policy", "compact"}, {"retention.ms", "604800000"}});
  CHECK(says(project.run({"preflight"}), "cleanup.policy compact, retention.bytes 1048576: deploy keeps every record until finalize"));
  must(project.run({"events", "backfill", "--yes"}));
  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"cleanup.policy", "delete"}, {"retention.bytes", "-1"}, {"retention.ms", "-1"}, {"local.retention.ms", "-2"}}) {
    INFO(key);
    CHECK(oracle::config(project.topic(), key) == value);
  }
  CHECK(project.database().value("select was from mykartctl.hold where key = 'retention.bytes'") == "1048576");
  CHECK(project.database().value("select was is null from mykartctl.hold where key = 'cleanup.policy'") == "t");
  CHECK(project.run({"status"}).status == 0);
  must(project.run({"deploy", "--yes"}));

  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"cleanup.policy", "compact,delete"}, {"retention.bytes", "1073741824"}, {"retention.ms", "604800000"}}) {
    INFO(key);
    std::map<std::string, std::string> kept{{"cleanup.policy", "delete"}, {"retention.bytes", "-1"}, {"retention.ms", "-1"}};
    kept[key] = value;
    oracle::override_configs(project.topic(), kept);
    const auto status = project.run({"status"});
    CHECK(status.status == 4);
    CHECK(says(status, key + " is " + value + ", and is held at"));
    CHECK(says(status, "try: mykartctl topics apply " + project.topic()));
    CHECK(says(project.run({"topics", "status"}), "config." + key + " is " + value + ", and is held at"));
    CHECK(project.run({"verify"}).status == 4);
  }
}

TEST_CASE_METHOD(Proved, "When a cleaner may have removed records the proof is made again") {
  oracle::override_configs(topic(), {{"cleanup.policy", "compact,delete"}, {"retention.ms", "-1"}, {"retention.bytes", "-1"}});
  CHECK(says(run({"plan"}), "its cleaner removes records"));
  must(run({"topics", "apply", "--yes"}));
  CHECK(oracle::config(topic(), "cleanup.policy") == "delete");
  CHECK(database().value("select count(*) from mykartctl.seal") == "0");
  must(run({"deploy", "--yes"}));
  CHECK(retired());
}
