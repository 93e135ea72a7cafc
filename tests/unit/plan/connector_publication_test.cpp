#include "plan/connector_publication.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "support/connector_file.hpp"

using namespace ctl;
using plan::CapturedTable;

namespace {

plan::WantedConnector wanted(const Config& changes = {}) {
  plan::WantedConnector w{.spec = shop_connector()};
  for (const auto& [key, value] : changes) w.spec.config[key] = value;
  return w;
}

/// A connector that is as wanted, with its two tables.
plan::SeenConnector seen() {
  plan::SeenConnector s{.config = shop_connector().config, .status = ConnectorStatus{.name = "shop", .state = RunState::running}};
  s.status->tasks = {{.id = 0, .state = RunState::running}};
  s.database = {.name = "shop", .role = DatabaseRole{.name = "cdc", .login = true, .replication = true}, .may_connect = true};
  for (const auto* name : {"orders", "items"})
    s.database.tables.push_back({.table = {"public", name}, .exists = true, .may_use_schema = true, .may_select = true, .key = {"id"}});
  s.database.publication = Publication{.name = "shop_pub", .owner = "own", .tables = {{"public", "items"}, {"public", "orders"}}};
  return s;
}

/// Why the plan is blocked and the way out, after one change of what was seen.
std::string blocked(const std::function<void(plan::SeenDatabase&)>& change, const Config& config = {}) {
  auto s = seen();
  for (const auto& [key, value] : config) (*s.config)[key] = value;
  change(s.database);
  const auto step = plan::connector(wanted(config), s);
  if (!step) return "nothing to do";
  return step->action == Action::blocked ? step->why + " -> " + step->remedy : "planned";
}

std::string blocked_table(const std::function<void(CapturedTable&)>& change) {
  return blocked([&](plan::SeenDatabase& in) { change(in.tables[0]); });
}

}  // namespace

TEST_CASE("a publication with a row filter, a column list or fewer operations blocks, with the statement that mends it") {
  CHECK(blocked([](auto&) {}) == "nothing to do");
  CHECK(blocked_table([](auto& t) { t.row_filter = "(id > 5)"; }) ==
        "publication shop_pub has only rows with (id > 5) of public.orders -> BEGIN; ALTER PUBLICATION shop_pub DROP TABLE public.orders; "
        "ALTER PUBLICATION shop_pub ADD TABLE ONLY public.orders; COMMIT");
  CHECK_THAT(blocked_table([](auto& t) { t.left_out = {"total", "at"}; }), Catch::Contains("has no column total, at of public.orders"));
  CHECK(blocked([](auto& in) { in.publication->updates = in.publication->deletes = in.publication->truncates = false; }) ==
        "publication shop_pub publishes no update, delete -> ALTER PUBLICATION shop_pub SET (publish = 'insert, update, delete')");
}

TEST_CASE("operations that the connector skips itself need not be published") {
  const auto no_truncate = [](plan::SeenDatabase& in) { in.publication->truncates = false; };
  CHECK(blocked(no_truncate) == "nothing to do");
  CHECK_THAT(blocked(no_truncate, {{"skipped.operations", "none"}}), Catch::Contains("publishes no truncate"));
  const auto inserts = [](plan::SeenDatabase& in) { in.publication->updates = in.publication->deletes = false; };
  CHECK(blocked(inserts, {{"skipped.operations", "u, d,t"}}) == "nothing to do");
}

TEST_CASE("a publication of a schema or of all tables is not the tool's to change") {
  CHECK_THAT(blocked([](auto& in) {
               in.publication->schemas = {"public"};
               in.publication->tables = {{"public", "items"}};
             }),
             Catch::Contains("FOR TABLES IN SCHEMA public") && Catch::Contains("ADD TABLE ONLY public.orders; ") &&
                 Catch::Contains("DROP TABLES IN SCHEMA public; COMMIT"));
  CHECK_THAT(blocked([](auto& in) { in.publication->all_tables = true; }), Catch::Contains("FOR ALL TABLES"));
}

TEST_CASE("what has no changes in the WAL, or hides them, cannot be captured") {
  CHECK_THAT(blocked_table([](auto& t) { t.persistence = 'u'; }),
             Catch::Contains("public.orders is unlogged") && Catch::Contains("ALTER TABLE public.orders SET LOGGED"));
  CHECK_THAT(blocked_table([](auto& t) { t.identity_is_void = true; }), Catch::Contains("public.orders has no usable replica identity"));
  CHECK_THAT(blocked_table([](auto& t) { t.kind = 'v'; }), Catch::Contains("public.orders is a view"));
  CHECK_THAT(blocked_table([](auto& t) { t.kind = 'm'; }), Catch::Contains("is a materialized view"));
  CHECK_THAT(blocked_table([](auto& t) { t.kind = 'f'; }), Catch::Contains("is a foreign table"));
  CHECK_THAT(blocked_table([](auto& t) { t.hides_rows = true; }), Catch::Contains("ALTER ROLE cdc BYPASSRLS"));
  CHECK_THAT(blocked_table([](auto& t) { t.children = {{"public", "kid"}}; }), Catch::Contains("public.kid inherits from public.orders"));
  CHECK(blocked_table([](auto& t) { t.children = {{"public", "items"}}; }) == "nothing to do");  // captured as well
}

TEST_CASE("a captured partitioned table wants its publication to publish under its name") {
  auto s = seen();
  s.database.tables[0].kind = 'p';
  const auto step = plan::connector(wanted(), s);
  REQUIRE(step);
  REQUIRE(step->changes.size() == 1);
  CHECK(step->changes[0].path == "publication/shop_pub/publish_via_partition_root");
  CHECK(step->changes[0].before == "false");
  CHECK(step->risk == Risk::disruptive);
  CHECK_THAT(step->why, Catch::Contains("changes of partitions arrive from now on"));
  s.database.publication->via_root = true;
  CHECK_FALSE(plan::connector(wanted(), s));

  CHECK_THAT(blocked_table([](auto& t) {
               t.kind = 'p';
               t.leaves_without_changes = {{"public", "o_b"}};
             }),
             Catch::Contains("public.o_b of public.orders"));
  CHECK_THAT(blocked_table([](auto& t) {
               t.leaves_without_identity = {{"public", "o_c"}};
             }),
             Catch::Contains("ALTER TABLE public.o_c REPLICA IDENTITY FULL"));
}

TEST_CASE("a partition is not captured beside its partitioned table") {
  CHECK_THAT(blocked([](auto& in) {
               in.tables[0].kind = 'p';
               in.tables[1].ancestors = {{"public", "orders"}};
             }),
             Catch::Contains("public.items is a partition of public.orders, under whose name its changes arrive"));
  // published with its table, which the plan takes out: then it is under its own name
  auto s = seen();
  s.database.tables[1].ancestors = {{"public", "above"}};
  s.database.publication->via_root = true;
  s.database.publication->tables.insert(s.database.publication->tables.begin(), {"public", "above"});
  CHECK(plan::connector(wanted(), s)->changes[0].after == "public.items,public.orders");
}

TEST_CASE("a table that Debezium would capture as well is named, and so is the way to leave it out") {
  CHECK_THAT(blocked_table([](auto& t) {
               t.siblings = {{"public", "Orders"}};
             }),
             Catch::Contains("takes public.Orders as well as public.orders") && Catch::Contains("write (?-i)public.orders"));
  CHECK_THAT(blocked_table([](auto& t) {
               t.exists = false;
               t.siblings = {{"public", "Orders"}};
             }),
             Catch::Contains("public.orders does not exist, public.Orders does") && Catch::Contains("write public.Orders in"));
}

TEST_CASE("rights that the session lacks are asked for only where they are needed") {
  const auto poor = [](plan::SeenDatabase& in) {
    in.may_create = in.publication->may_alter = false;
    for (auto& t : in.tables) t.may_publish = false;
  };
  CHECK(blocked(poor) == "nothing to do");
  CHECK_THAT(blocked([&](auto& in) {
               poor(in);
               in.publication->tables.pop_back();
             }),
             Catch::Contains("publication shop_pub belongs to own") && Catch::Contains("public.orders belongs to somebody else") &&
                 !Catch::Contains("public.items belongs"));
  CHECK_THAT(blocked([&](auto& in) {
               poor(in);
               in.publication.reset();
             }),
             Catch::Contains("may not make publications in database shop"));
}

TEST_CASE("who only judges hears what the plan would change") {
  auto s = seen();
  CHECK(plan::capture_differences(wanted(), s.database).empty());
  s.database.tables[0].may_select = false;
  s.database.tables[1].kind = 'p';
  s.database.publication->tables.push_back({"public", "stray"});
  const auto found = plan::capture_differences(wanted(), s.database);
  REQUIRE(found.size() == 3);
  CHECK(found[0].why == "role cdc may not read public.orders: its rows cannot be in a snapshot");
  CHECK_THAT(found[1].why, Catch::Contains("public.items under the names of its partitions"));
  CHECK_THAT(found[2].why, Catch::Contains("public.stray, which nobody wants captured"));
  s.database.role.reset();
  CHECK(plan::capture_differences(wanted(), s.database).front().why == "role cdc does not exist");
}
