#include <catch2/catch.hpp>
#include <chrono>
#include <sstream>
#include <thread>

#include "partitioned.hpp"
#include "support/expect_status.hpp"
#include "support/oracle.hpp"

using namespace std::chrono_literals;

namespace {

void await(const std::string& what, const std::function<bool()>& reached) {
  INFO(what);
  for (const auto until = std::chrono::steady_clock::now() + 20s; !reached(); std::this_thread::sleep_for(20ms))
    REQUIRE(std::chrono::steady_clock::now() < until);
}

std::string triggers_of_fences(const Partitioned& shop) {
  return shop.database().value(
      "select count(*) from pg_trigger t join pg_proc p on p.oid = t.tgfoid where p.pronamespace::regnamespace::text = 'mykartctl'");
}

/// What `verify` finds wrong, without the connectors that others may have on the same worker.
std::string failures(const process::Ended& verified) {
  std::istringstream lines{verified.out};
  std::string wrong;
  for (std::string line; std::getline(lines, line);)
    if (line.find(" fail") != std::string::npos && line.find("connector") == std::string::npos &&
        line.find("failures") == std::string::npos)
      wrong += line + "\n";
  return verified.out.find("dependents") == std::string::npos ? "it says nothing: " + verified.err : wrong;
}

using Openings = std::vector<std::pair<std::string, std::string>>;

/// Each of them is noticed by the next deploy, which closes it again.
void each_is_noticed(const Openings& openings) {
  const Partitioned shop;
  shop.retire_by(Partitioned::walking("public", "retired"), Partitioned::walking("retired", "public"));
  EXPECT_STATUS(shop.deploy({"--until", "reconcile"}), 0);
  for (const auto& [what, opening] : openings) {
    INFO(what);
    shop.database().run(opening);
    const auto ended = shop.deploy({"--until", "reconcile"});
    CHECK(has(ended.err, "gate/fence"));
    EXPECT_STATUS(ended, 0);
    CHECK(shop.passing() == "");
    for (const std::string later : {"ev_3", "ev_4"})
      if (shop.database().value("select to_regclass('" + later + "') is not null") == "t")
        CHECK(shop.refused("set local session_replication_role = replica; truncate " + later).find("is fenced") != std::string::npos);
  }
  CHECK(oracle::exactly_once(shop.database().url(), "select id from ev", shop.two(), "ev") == "");
}

}  // namespace

TEST_CASE("A fence holds against every write to the table and to each of its partitions, whatever the session's replication role") {
  const Partitioned shop;
  CHECK(shop.passing() != "");
  EXPECT_STATUS(shop.deploy({"--until", "fence"}), 0);
  CHECK(shop.passing() == "");
  CHECK(shop.refused("delete from ref where n = 1").find("is fenced") != std::string::npos);  // by its foreign key
  EXPECT_STATUS(shop.deploy(), 0);
  CHECK(shop.schemas() == "retired.ev retired.ev_1 retired.ev_2 retired.ev_2a");
  CHECK(shop.passing("retired") == "");
  CHECK(oracle::exactly_once(shop.database().url(), "select id from retired.ev", shop.two(), "ev") == "");
  CHECK(failures(shop.run({"verify", "--deep"})) == "");
  EXPECT_STATUS(shop.run({"rollback", "--yes", "--quiet-for", "300ms"}), 0);
  CHECK(shop.schemas() == "public.ev public.ev_1 public.ev_2 public.ev_2a");
  CHECK(triggers_of_fences(shop) == "0");
  for (const auto* write : {"insert into ev (n) values (1)", "truncate ev_2a", "update ev_1 set n = 2", "delete from ref where n = 1"})
    CHECK(shop.refused(write) == "");
  CHECK(failures(shop.run({"verify"})) == "");
}

TEST_CASE(
    "A trigger of a fence that is switched off, dropped or changed is noticed before the table is retired, and the fence is completed") {
  each_is_noticed({
      {"a trigger of a partition is switched off", "alter table ev_1 disable trigger mykartctl_fence"},
      {"so is the one for each row", "alter table ev_2a disable trigger mykartctl_fence_row"},
      {"all are, as pg_restore --disable-triggers does, and on again",
       "alter table ev_1 disable trigger all; alter table ev_1 enable trigger all"},
      {"the table's own is made an ordinary one", "alter table only ev enable trigger mykartctl_fence"},
      {"one is dropped", "drop trigger mykartctl_fence on ev_2"},
      {"the ones for each row are dropped", "drop trigger mykartctl_fence_row on ev"},
      {"one gets a condition",
       "drop trigger mykartctl_fence on ev_1; create trigger mykartctl_fence before insert or update or delete or truncate on ev_1 "
       "for each statement when (current_user = 'nobody') execute function mykartctl.fence('public.ev'); "
       "alter table ev_1 enable always trigger mykartctl_fence"},
      {"one fires for fewer kinds of writes",
       "drop trigger mykartctl_fence on ev_1; create trigger mykartctl_fence before insert on ev_1 "
       "for each statement execute function mykartctl.fence('public.ev'); alter table ev_1 enable always trigger mykartctl_fence"},
  });
}

TEST_CASE("A fence whose function was replaced, and one that a new partition lacks, are noticed and completed") {
  const auto role = sandbox::unique("impostor");
  each_is_noticed({
      {"the function does nothing",
       "create or replace function mykartctl.fence() returns trigger language plpgsql as $$ begin return new; end $$"},
      {"a partition is attached",
       "create table ev_3 (like ev including all); insert into ev_3 (id, n) values (5001, 1); select setval('ev_id_seq', 5001); "
       "alter table ev attach partition ev_3 for values from (5000) to (6000)"},
      {"a partition is made", "create table ev_4 partition of ev_2 for values from (2000) to (2500)"},
      {"the function is another's", "create role " + role + "; alter function mykartctl.fence() owner to " + role},
  });
  const sandbox::Database any{"any"};
  any.run("drop role " + role);  // it owns nothing any more
}

TEST_CASE("A table whose fence was opened after the proof is not retired before it is proved again") {
  const Partitioned shop;
  EXPECT_STATUS(shop.deploy({"--until", "reconcile"}), 0);
  shop.database().run(
      "alter table ev_1 disable trigger all; insert into ev_1 (id, n) values (900, 1); alter table ev_1 enable trigger all");
  const auto ended = shop.deploy();  // 900 is below what was moved: it is missing
  INFO(ended.out << ended.err);
  CHECK(ended.status != 0);
  CHECK(shop.schemas() == "public.ev public.ev_1 public.ev_2 public.ev_2a");
  EXPECT_STATUS(shop.run({"events", "reconcile", "--repair", "--yes"}), 0);
  EXPECT_STATUS(shop.deploy(), 0);
  CHECK(shop.schemas() == "retired.ev retired.ev_1 retired.ev_2 retired.ev_2a");
  CHECK(oracle::ids(shop.database().url(), "select id from retired.ev").size() == 52);
}

TEST_CASE("The fence of a former version, one trigger for statements, is completed") {
  const Partitioned shop;
  EXPECT_STATUS(shop.run({"events", "backfill", "--yes"}), 0);
  shop.database().run(
      "create or replace function mykartctl.fence() returns trigger language plpgsql as $$ begin raise exception 'table % is fenced', "
      "tg_table_name; end $$;"
      "create trigger mykartctl_fence before insert or update or delete or truncate on ev for each statement execute function "
      "mykartctl.fence()");
  CHECK(shop.passing() != "");
  EXPECT_STATUS(shop.deploy({"--until", "fence"}), 0);
  CHECK(shop.passing() == "");
}

TEST_CASE("An unfenced table is open everywhere, a partition that was detached meanwhile as well") {
  const Partitioned shop;
  EXPECT_STATUS(shop.deploy({"--until", "fence"}), 0);
  shop.database().run(
      "alter table ev_2 detach partition ev_2a; alter table ev_2a rename to apart; create schema elsewhere; alter table apart set schema "
      "elsewhere");
  CHECK(shop.refused("insert into elsewhere.apart (id, n) values (1501, 1)").find("is fenced") != std::string::npos);
  CHECK(shop.run({"verify", "--expect", "rolled-back"}).out.find("fence on public.ev") != std::string::npos);
  EXPECT_STATUS(shop.run({"rollback", "--yes", "--quiet-for", "300ms"}), 0);
  CHECK(triggers_of_fences(shop) == "0");
  CHECK(shop.refused("insert into elsewhere.apart (id, n) values (1501, 1); insert into ev (id, n) values (800, 1)") == "");
}

TEST_CASE("A subscription that writes to a partition is a writer that no word passes, and meets the fence when it comes back") {
  const Partitioned shop;
  const sandbox::Database other{"publisher"};
  const auto name = sandbox::unique("sub");
  other.run("create table ev_1 (id bigint primary key, n int, ts timestamp default now()); create publication p for table ev_1");
  other.run("select pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
  struct Subscription {
    const sandbox::Database& at;
    const std::string& name;
    ~Subscription() try {
      at.run("alter subscription " + name + " disable");
      at.run("alter subscription " + name + " set (slot_name = none)");
      at.run("drop subscription " + name);
    } catch (const std::exception& e) { WARN(e.what()); }
  };
  shop.database().run("create subscription " + name + " connection '" + other.url() +
                      "' publication p with (create_slot = false, copy_data = false)");
  const Subscription subscription{shop.database(), name};
  const auto rows = [&] { return shop.database().value("select count(*) from ev"); };
  other.run("insert into ev_1 (id, n) values (701, 1)");
  await("the subscription works", [&] { return rows() == "52"; });

  const auto waits = shop.deploy({"--until", "fence"});
  INFO(waits.out << waits.err);
  CHECK(waits.status == 3);
  CHECK(has(waits.out + waits.err, "subscription " + name + " writes to public.ev_1: alter subscription " + name + " disable"));
  shop.database().run("alter subscription " + name + " disable");
  await("its worker ends",
        [&] { return shop.database().value("select count(pid) from pg_stat_subscription where subname = '" + name + "'") == "0"; });
  EXPECT_STATUS(shop.deploy({"--until", "fence"}), 0);

  shop.database().run("alter subscription " + name + " enable");
  other.run("insert into ev_1 (id, n) values (702, 1)");
  await("its changes are refused", [&] {
    return shop.database().value("select apply_error_count > 0 from pg_stat_subscription_stats where subname = '" + name + "'") == "t";
  });
  CHECK(rows() == "52");
}

TEST_CASE(
    "A retirement that leaves partitions behind is refused by preflight and plan, with the statements, and the fence itself is not held "
    "up") {
  const Partitioned shop;
  shop.retire_by("create schema retired; alter table public.ev set schema retired; alter table public.ev_1 set schema retired;",
                 "alter table retired.ev set schema public;");
  const auto looked = shop.run({"preflight", "-o", "json"});
  CHECK(looked.status == 4);
  CHECK(has(looked.out, R"(alter table \"public\".\"ev_2\" set schema \"retired\";)"));
  CHECK(has(looked.out, R"(revert.sql: alter table \"retired\".\"ev_1\" set schema \"public\";)"));
  CHECK(shop.deploy().status == 4);
  const auto plan = shop.run({"plan"});
  CHECK(has(plan.out, "public.ev is moved without its partitions"));
  CHECK_FALSE(shop.exists(shop.two()));
  EXPECT_STATUS(shop.deploy({"--until", "backfill"}), 0);
}

TEST_CASE("A script of retirement is tried before the fence, and the way back with it: what would fail later leaves the table open") {
  const Partitioned shop;
  const auto refused = [&](const std::string& deploy, const std::string& revert, const std::string& words) {
    shop.retire_by(deploy, revert);
    const auto ended = shop.deploy();
    CHECK(ended.status == 5);
    CHECK(has(ended.err, words));
    CHECK(shop.refused("insert into ev (n) values (1)") == "");
    CHECK(shop.schemas() == "public.ev public.ev_1 public.ev_2 public.ev_2a");
  };
  const auto there = Partitioned::walking("public", "retired"), back = Partitioned::walking("retired", "public");
  refused(Partitioned::walking("public", "retired", "level < 2"), back, "leaves 1 part behind: public.ev_2a");
  refused(there, Partitioned::walking("retired", "public", "level = 0"),
          "leaves 3 parts behind: retired.ev_1, retired.ev_2, retired.ev_2a");
  refused(there, "create schema third; " + Partitioned::walking("retired", "third"), "does not bring public.ev back");
  refused(there, "alter table retired.ev set schema nowhere; -- pg_inherits", "schema \"nowhere\" does not exist");
  const auto fenced = shop.deploy({"--until", "fence"});  // what comes after is not part of it
  EXPECT_STATUS(fenced, 0);
  CHECK(has(fenced.err, "cannot be retired"));
  CHECK(shop.passing() == "");
  shop.retire_by(there, back);
  EXPECT_STATUS(shop.deploy(), 0);
  CHECK(shop.schemas() == "retired.ev retired.ev_1 retired.ev_2 retired.ev_2a");

  shop.database().run("alter table retired.ev_2a set schema public");
  CHECK(has(shop.run({"verify"}).out, "part public.ev_2a"));
  shop.database().run("alter table ev_2a set schema retired");
  shop.retire_by(there, Partitioned::walking("retired", "public", "level < 2"));  // edited since
  const auto rolled_back = shop.run({"rollback", "--yes", "--quiet-for", "300ms"});
  CHECK(rolled_back.status == 5);
  CHECK(has(rolled_back.err, "leaves 1 part behind: retired.ev_2a"));
  CHECK(shop.schemas() == "retired.ev retired.ev_1 retired.ev_2 retired.ev_2a");
}

TEST_CASE("A partition that is being detached is no part any more, and holds nothing up") {
  const Partitioned shop;
  shop.retire_by(Partitioned::walking("public", "retired"), Partitioned::walking("retired", "public"));
  pqxx::connection reader{shop.database().url()};
  {
    pqxx::work open{reader};
    open.exec("select count(*) from ev");
    pqxx::connection other{shop.database().url()};
    pqxx::nontransaction detaching{other};
    detaching.exec("set statement_timeout = '300ms'");
    CHECK_THROWS(detaching.exec("alter table ev detach partition ev_2 concurrently"));  // it waits for the reader, and stays begun
  }
  REQUIRE(shop.database().value("select bool_or(inhdetachpending) from pg_inherits") == "t");
  EXPECT_STATUS(shop.deploy({"--until", "fence"}), 0);
  CHECK(shop.refused("set local session_replication_role = replica; insert into ev_1 (id, n) values (777, 1)").find("is fenced") !=
        std::string::npos);
  EXPECT_STATUS(shop.deploy(), 0);
  CHECK(oracle::exactly_once(shop.database().url(), "select id from retired.ev", shop.two(), "ev") == "");
  EXPECT_STATUS(shop.run({"rollback", "--yes", "--quiet-for", "300ms"}), 0);
  CHECK(triggers_of_fences(shop) == "0");
}

TEST_CASE("A publication of the retired table is in no schema, and nothing that was left behind") {
  const Partitioned shop;
  EXPECT_STATUS(shop.deploy(), 0);
  shop.database().run("create publication listed for table retired.ev");
  CHECK(has(shop.run({"verify"}).out, "none left behind"));
}

TEST_CASE("A table with children, a child, a partition alone and a foreign partition are refused in words before anything is made") {
  const auto refused = [](const std::string& change, const std::string& words) {
    const Partitioned shop;
    shop.database().run("drop table ev; " + change);
    INFO(change);
    CHECK(has(shop.run({"preflight"}).out, words));
    CHECK(has(shop.run({"plan"}).out, words));
    const auto ended = shop.run({"events", "backfill", "--yes"});
    CHECK(ended.status == 5);
    CHECK(has(ended.err, words));
    CHECK_FALSE(shop.exists(shop.two()));
  };
  const std::string columns = "(id bigserial primary key, n int, ts timestamp default now())";
  const std::string rows = "; insert into ev (n) values (1), (2)";
  refused("create table ev " + columns + "; create table kid () inherits (ev)" + rows, "public.ev is inherited by public.kid");
  refused(
      "create table base (id bigint); create table ev (primary key (id), n int, ts timestamp) inherits (base); insert into ev values (1)",
      "public.ev is a child of base");
  refused(
      "create table whole (id bigint primary key, n int, ts timestamp) partition by range (id); create table ev partition of whole for "
      "values from (1) to (9); insert into ev values (1)",
      "public.ev is a partition of whole");
  refused(
      "create extension file_fdw; create server files foreign data wrapper file_fdw; create table ev (id bigint, n int, ts timestamp) "
      "partition by range (id);"
      "create table ev_a partition of ev (primary key (id)) for values from (1) to (9); create foreign table ev_b partition of ev for "
      "values from (9) to (20) server files options (filename '/dev/null');"
      "insert into ev values (1)",
      "public.ev_b is a foreign table");
  refused(
      "create table ev (id bigint primary key, n int, ts timestamp) partition by range (id); create table ev_a (id bigserial primary key, "
      "n int, ts timestamp);"
      "alter table ev attach partition ev_a for values from (1) to (9); insert into ev values (1)",
      "public.ev_a takes its ids from ev_a_id_seq");
  refused("create table ev " + columns + "; alter sequence ev_id_seq increment 50" + rows, "public.ev_id_seq counts by 50");
}

TEST_CASE("A child that a table got after it was copied is seen by the comparison, and after the fence before it is retired") {
  Partitioned shop;
  shop.database().run(
      "drop table ev; create table ev (id bigserial primary key, n int, ts timestamp default now()); insert into ev (n) values (1), (2)");
  shop.retire_by("create schema retired; alter table ev set schema retired",
                 "alter table retired.ev set schema public; drop schema retired");
  EXPECT_STATUS(shop.deploy({"--until", "reconcile"}), 0);
  shop.database().run("create table kid () inherits (ev); insert into kid select * from ev");
  const auto compared = shop.run({"events", "reconcile"});
  CHECK(compared.status == 4);  // two rows with one id, and one event
  CHECK(shop.run({"events", "backfill", "--yes"}).status == 5);
  CHECK(shop.deploy().status != 0);
  CHECK(shop.database().value("select to_regclass('public.ev') is not null") == "t");
}

TEST_CASE("A role that may not see other sessions closes no fence, and is told the grant") {
  const Partitioned shop;
  const auto role = sandbox::unique("blind");
  struct Role {
    const sandbox::Database& in;
    const std::string& name;
    ~Role() try {
      in.run("reassign owned by " + name + " to current_user; drop owned by " + name + "; drop role " + name);
    } catch (const std::exception& e) { WARN(e.what()); }
  };
  shop.database().run("create role " + role + " login; grant create on database " + shop.database().name() + " to " + role +
                      ";"
                      "grant all on schema public to " +
                      role + "; grant all on ref to " + role);
  const Role dropped{shop.database(), role};
  for (const auto* part : Partitioned::moves) shop.database().run("alter table " + std::string{part} + " owner to " + role);
  auto url = shop.database().url();
  url.replace(url.find("://") + 3, url.find('@') - url.find("://") - 3, role);
  const std::vector<std::string> deploy{"deploy", "--yes", "--writers-gone", "--until", "fence", "--database", url};
  pqxx::connection other{shop.database().url() + "?application_name=web"};
  pqxx::work open{other};
  open.exec("insert into ev (n) values (1)");
  const auto blind = shop.run(deploy);
  INFO(blind.out << blind.err);
  CHECK(blind.status != 0);
  CHECK(has(blind.out + blind.err, "grant pg_read_all_stats to \"" + role + "\""));
  open.commit();
  shop.database().run("grant pg_read_all_stats to " + role);
  EXPECT_STATUS(shop.run(deploy), 0);
  CHECK(shop.passing() == "");
}
