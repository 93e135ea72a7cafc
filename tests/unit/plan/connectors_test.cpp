#include "plan/connectors.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "support/connector_file.hpp"

using namespace ctl;
using plan::SeenConnector;
using plan::WantedConnector;

namespace {

WantedConnector wanted(const Config& changes = {}) {
  WantedConnector w{.spec = shop_connector()};
  for (const auto& [key, value] : changes) w.spec.config[key] = value;
  for (const auto& table : w.spec.tables()) {
    TopicSpec topic;
    topic.name = "shop.cdc." + table.name;
    topic.partitions = 1;
    w.topics.push_back(std::move(topic));
  }
  return w;
}

plan::CapturedTable table(const std::string& name) {
  return {.table = {"public", name}, .exists = true, .may_use_schema = true, .may_select = true, .key = {"id"}};
}

/// Everything as `wanted()` wants it.
SeenConnector seen() {
  SeenConnector s{.config = shop_connector().config, .status = ConnectorStatus{.name = "shop", .state = RunState::running}};
  s.status->tasks = {{.id = 0, .state = RunState::running}};
  s.database = {.name = "shop", .role = DatabaseRole{.name = "cdc", .login = true, .replication = true}, .may_connect = true};
  s.database.tables = {table("orders"), table("items")};
  s.database.publication = Publication{.name = "shop_pub", .tables = {{"public", "items"}, {"public", "orders"}}};
  s.database.slot =
      ReplicationSlot{.name = "shop_slot", .plugin = "pgoutput", .database = "shop", .wal_status = "reserved", .active = true};
  s.topics = {"shop.cdc.orders", "shop.cdc.items"};
  return s;
}

SeenConnector nothing() {
  SeenConnector s;
  s.database = {.name = "shop"};
  s.database.tables = {table("orders"), table("items")};
  for (auto& t : s.database.tables) t.may_select = t.may_use_schema = false;
  return s;
}

std::vector<std::string> paths(const std::optional<Step>& step) {
  std::vector<std::string> all;
  if (step)
    for (const auto& change : step->changes) all.push_back(change.path);
  return all;
}

const Change& change(const Step& step, std::string_view path) {
  const auto found = std::find_if(step.changes.begin(), step.changes.end(), [&](const Change& c) { return c.path == path; });
  REQUIRE(found != step.changes.end());
  return *found;
}

}  // namespace

TEST_CASE("a connector that is as wanted gives no step") { CHECK_FALSE(plan::connector(wanted(), seen())); }

TEST_CASE("a new connector comes with its role, its rights, its publication and its topics") {
  auto w = wanted();
  w.password_known = true;
  const auto step = plan::connector(w, nothing());
  REQUIRE(step);
  CHECK(step->action == Action::create);
  CHECK(step->risk == Risk::safe);
  CHECK(step->undo == Undo::exact);
  CHECK(step->summary == "2 tables, role, 4 grants, 2 topics");
  const auto all = paths(step);
  CHECK(std::vector<std::string>(all.begin(), all.begin() + 8) ==
        std::vector<std::string>{"role/cdc", "grant/database shop", "grant/schema public", "grant/public.orders", "grant/public.items",
                                 "topic/shop.cdc.orders", "topic/shop.cdc.items", "publication/shop_pub"});
  CHECK(*change(*step, "role/cdc").after == "login replication password");
  CHECK(*change(*step, "publication/shop_pub").after == "public.items,public.orders");
  CHECK(*change(*step, "config.database.password").after == "${env:DBZ_PASSWORD}");
}

TEST_CASE("equal input gives equal bytes, and positions do not change the precondition") {
  auto later = nothing();
  CHECK(plan::connector(wanted(), nothing())->precondition == plan::connector(wanted(), later)->precondition);
  auto a = seen(), b = seen();
  a.config->erase("slot.name");
  b.config->erase("slot.name");
  b.database.slot->confirmed_flush_lsn = "0/1";
  b.database.slot->active = false;
  b.status->tasks[0].state = RunState::unassigned;
  CHECK(plan::connector(wanted(), a)->precondition == plan::connector(wanted(), b)->precondition);
  b.database.publication->tables.pop_back();
  CHECK(plan::connector(wanted(), a)->precondition != plan::connector(wanted(), b)->precondition);
}

TEST_CASE("tables that are added and removed show in config and publication, as one disruptive step") {
  const auto step = plan::connector(wanted({{"table.include.list", "public.orders,public.clicks"}}), [] {
    auto s = seen();
    s.database.tables = {table("orders"), table("clicks")};
    s.topics.insert("shop.cdc.clicks");
    return s;
  }());
  REQUIRE(step);
  CHECK(paths(step) == std::vector<std::string>{"publication/shop_pub", "config.table.include.list"});
  CHECK(*change(*step, "publication/shop_pub").before == "public.items,public.orders");
  CHECK(*change(*step, "publication/shop_pub").after == "public.clicks,public.orders");
  CHECK(step->risk == Risk::disruptive);
  CHECK_THAT(step->why, Catch::Contains("not the rows that are there"));
}

TEST_CASE("a table that signals or heartbeats need stays in the publication") {
  auto s = seen();
  s.database.publication->tables = {{"public", "beat"}, {"public", "items"}, {"public", "orders"}, {"public", "signals"}};
  const Config beats{{"heartbeat.action.query", "insert into beat values (1)"}, {"signal.data.collection", "public.signals"}};
  auto w = wanted(beats);
  for (const auto& [key, value] : beats) (*s.config)[key] = value;
  CHECK_FALSE(plan::connector(w, s));
  s.database.publication->tables = {{"public", "heart"}, {"public", "items"}, {"public", "orders"}};
  (*s.config)["heartbeat.action.query"] = w.spec.config["heartbeat.action.query"] = "select pg_logical_emit_message(true, 'heart', '')";
  CHECK(paths(plan::connector(w, s)) == std::vector<std::string>{"publication/shop_pub"});
}

TEST_CASE("what would not go on from its position is destructive and lossy") {
  const auto step = plan::connector(wanted({{"slot.name", "another"}}), seen());
  REQUIRE(step);
  CHECK(step->risk == Risk::destructive);
  CHECK(step->undo == Undo::lossy);
}

TEST_CASE("a secret is shown as a digest, also the one that is replaced by a reference") {
  auto s = seen();
  (*s.config)["database.password"] = "hunter2";
  const auto step = plan::connector(wanted(), s);
  const auto& password = change(*step, "config.database.password");
  CHECK(password.sensitive);
  CHECK(password.before->starts_with("sha256:"));
  CHECK_THAT(to_json(to_value(*step)), !Catch::Contains("hunter2"));
}

TEST_CASE("a stopped connector is started, a failed one restarted, a running one left alone") {
  auto s = seen();
  s.status->state = RunState::stopped;
  CHECK(*change(*plan::connector(wanted(), s), "state").before == "STOPPED");
  CHECK(plan::connector(wanted(), s)->risk == Risk::safe);
  auto w = wanted();
  w.state = RunState::stopped;
  CHECK_FALSE(plan::connector(w, s));
  s = seen();
  s.status->tasks[0].state = RunState::failed;
  CHECK(*change(*plan::connector(wanted(), s), "state").before == "FAILED");
  CHECK(plan::connector(w, seen())->risk == Risk::disruptive);
  s = seen();
  s.status->state = RunState::unassigned;
  CHECK_FALSE(plan::connector(wanted(), s));
}

TEST_CASE("what stands in the way is told at once, with what to do") {
  const auto blocked = [](const WantedConnector& w, const SeenConnector& s) {
    const auto step = plan::connector(w, s);
    REQUIRE(step);
    CHECK(step->action == Action::blocked);
    CHECK_FALSE(step->remedy.empty());
    return step->why;
  };
  auto s = seen();
  s.rivals = {"slot.name of connector other"};
  s.database.tables[0].exists = false;
  s.database.tables[1].key.clear();
  s.database.publication->all_tables = true;
  CHECK_THAT(blocked(wanted(), s), Catch::Contains("shares the slot.name of connector other") &&
                                       Catch::Contains("public.orders does not exist") &&
                                       Catch::Contains("public.items has no primary key") && Catch::Contains("FOR ALL TABLES"));
  CHECK_THAT(blocked(wanted({{"database.dbname", "elsewhere"}}), seen()), Catch::Contains("reads database elsewhere"));

  s = seen();
  s.database.slot->wal_status = "lost";
  CHECK_THAT(blocked(wanted(), s), Catch::Contains("is lost"));
  s = seen();
  s.database.publication.reset();
  CHECK_THAT(blocked(wanted(), s), Catch::Contains("older than the publication"));
  s = seen();
  s.config.reset();
  CHECK_THAT(blocked(wanted(), s), Catch::Contains("in use"));
  s.database.slot->active = false;
  CHECK(plan::connector(wanted(), s)->action == Action::create);
}

TEST_CASE("in a journey a table may come from an earlier step, and what it needs is planned") {
  auto w = wanted();
  w.tables_to_come = true;
  auto s = nothing();
  for (auto& t : s.database.tables) t.exists = false;
  const auto step = plan::connector(w, s);
  REQUIRE(step);
  CHECK(step->action == Action::create);
  CHECK(step->precondition == plan::connector(w, nothing())->precondition);
}

TEST_CASE("the tool resolves its own references, leaves the worker's, and says which has no value") {
  auto file = shop_connector();
  file.config["database.hostname"] = "${mykartctl:database:hostname}";
  file.config["driver.options"] = "user=${mykartctl:env:WHO};password=${mykartctl:file:/run/p}!";
  const auto look_up = [](std::string_view kind, std::string_view argument) -> std::optional<std::string> {
    if (kind == "database" && argument == "hostname") return "db1";
    if (kind == "env" && argument == "WHO") return "me";
    if (kind == "file" && argument == "/run/p") return "s3cret";
    return std::nullopt;
  };
  const auto resolved = plan::resolve(file, look_up);
  CHECK(resolved.spec.get("database.hostname") == "db1");
  CHECK(resolved.spec.get("driver.options") == "user=me;password=s3cret!");
  CHECK(resolved.spec.get("database.password") == "${env:DBZ_PASSWORD}");
  CHECK(resolved.secret == std::set<std::string, std::less<>>{"driver.options"});
  file.config["topic.prefix"] = "${mykartctl:env:NONE}";
  CHECK_THROWS_WITH(plan::resolve(file, look_up), "topic.prefix of connector shop refers to ${mykartctl:env:NONE}, which has no value");
}

TEST_CASE("a rollback's connector captures the restored tables as well, each once") {
  const auto widened = plan::with_tables(shop_connector(), {{"public", "clicks"}, {"public", "orders"}});
  CHECK(widened.get("table.include.list") == "public.orders,public.items,public.clicks");
}

TEST_CASE("topics come from the manifest, and where it has none, in the shape of its captured topics") {
  Project project;
  TopicSpec orders;
  orders.name = "shop.cdc.public.orders";
  orders.captures = "public.orders";
  orders.family = "cdc";
  orders.partitions = 6;
  project.topics = {orders};
  project.families = {{.name = "cdc", .partitions = 3, .replication = 2, .config = {{"retention.ms", "1"}}}};
  auto file = shop_connector();
  file.config["heartbeat.interval.ms"] = "5000";
  const auto topics = plan::topics_of(file, project);
  REQUIRE(topics.size() == 3);
  CHECK(topics[0].partitions == 6);
  CHECK(topics[1].name == "shop.cdc.public.items");
  CHECK(topics[1].partitions == 3);
  CHECK(topics[1].config.at("retention.ms") == "1");
  CHECK(topics[2].name == "__debezium-heartbeat.shop.cdc");
  CHECK(topics[2].partitions == 1);
}
