#include <pqxx/pqxx>

#include "shop.hpp"
#include "writer.hpp"

using namespace ctl;

namespace {

std::vector<std::string> paths(const Plan& plan, std::string_view but) {
  std::vector<std::string> all;
  for (const auto& step : plan.steps)
    for (const auto& change : step.changes)
      if (!change.path.starts_with(but)) all.push_back(change.path);
  return all;
}

}  // namespace

TEST_CASE("a connector is made with all it needs, gains and loses tables without losing a change, and goes without a trace") {
  Shop shop;

  // made: role with no more than it needs, publication, topics, connector
  const auto planned = shop.plan();
  CHECK(paths(planned, "config.") == std::vector<std::string>{"role/" + shop.role, "grant/database " + shop.database.name(),
                                                              "grant/schema public", "grant/public.orders", "grant/public.items",
                                                              "topic/" + shop.topic("orders"), "topic/" + shop.topic("items"),
                                                              "topic/__debezium-heartbeat." + shop.name,
                                                              "publication/" + shop.name + "_pub"});
  CHECK(shop.apply().end == Outcome::End::done);
  CHECK(shop.plan().steps.empty());
  CHECK(shop.database.value("select rolsuper or rolcreatedb or rolcreaterole from pg_roles where rolname = '" + shop.role + "'") == "f");
  CHECK(shop.database.value("select has_table_privilege('" + shop.role + "', 'clicks', 'select')") == "f");
  shop.database.run("grant password_required to " + shop.role);
  CHECK_NOTHROW(pqxx::connection{shop.database.url() + "?user=" + shop.role + "&password=dbz-sandbox"});
  CHECK_THROWS(pqxx::connection{shop.database.url() + "?user=" + shop.role + "&password=wrong"});
  shop.database.run("revoke password_required from " + shop.role);

  CHECK(shop.all_arrived("orders", "order_id") == "");
  CHECK(oracle::read(shop.topic("orders")).front().value->find(R"("total":"1.10")") != std::string::npos);
  auto status = shop.status();
  CHECK(status.reasons == std::vector<std::string>{});
  CHECK(status.verdict == health::ConnectorVerdict::healthy);
  CHECK(status.captured == 2);
  CHECK(status.moved == true);  // by its heartbeats: nothing else happens here
  CHECK(status.offsets.verdict == health::OffsetVerdict::in_sync);

  // a config that the plugin refuses is refused before the connector is stopped for it
  shop.file().config["decimal.handling.mode"] = "roughly";
  CHECK_THROWS_WITH(shop.apply(), Catch::Contains("the plugin refuses the config"));
  shop.file().config["decimal.handling.mode"] = "string";
  CHECK(shop.status().verdict == health::ConnectorVerdict::healthy);

  // one table more, one less, while somebody writes
  {
    const Writer writer{shop.database.url()};
    shop.capture("public.orders,public.clicks");
    CHECK(paths(shop.plan(), "grant") ==
          std::vector<std::string>{"topic/" + shop.topic("clicks"), "publication/" + shop.name + "_pub", "config.table.include.list"});
    CHECK(shop.apply().end == Outcome::End::done);
  }
  CHECK(shop.plan().steps.empty());
  CHECK(shop.database.value("select string_agg(tablename, ',' order by tablename) from pg_publication_tables where pubname = '" +
                            shop.name + "_pub'") == "clicks,orders");
  shop.database.run("insert into clicks default values; insert into items (name) values ('not captured any more')");
  CHECK(shop.all_arrived("orders", "order_id") == "");
  CHECK(shop.all_arrived("clicks", "click_id") == "");
  CHECK(shop.arrived("items", "item_id") == std::vector<std::int64_t>{1});
  CHECK(shop.status().verdict == health::ConnectorVerdict::healthy);

  // stopped: a slot that is moved by hand is a gap, whatever the states say
  const auto here = shop.around();
  Sources from{here, shop.until};
  static_cast<void>(connector_set_state(from, shop.name, RunState::stopped, shop.until));
  CHECK(paths(shop.plan(), "-") == std::vector<std::string>{"state"});
  CHECK(shop.status().verdict == health::ConnectorVerdict::stopped);
  shop.database.run("insert into orders default values; select pg_replication_slot_advance('" + shop.name + "', pg_current_wal_lsn())");
  status = shop.status();
  CHECK(status.verdict == health::ConnectorVerdict::failed);
  CHECK(status.offsets.verdict == health::OffsetVerdict::silent_gap);

  // deleted, twice
  WritingRun run{here, "connector", "", {}, shop.until};
  const Desk desk{.around = here, .kafka = from.kafka, .session = &run.database(), .book = &run.journal(), .run = &run};
  CHECK_THROWS_AS(connector_delete(desk, from.worker, shop.name, {.drop_publication = true}, shop.until), Error);
  static_cast<void>(connector_delete(desk, from.worker, shop.name, {.drop_slot = true, .drop_publication = true}, shop.until));
  static_cast<void>(connector_delete(desk, from.worker, shop.name, {.drop_slot = true, .drop_publication = true}, shop.until));
  run.end("done", "");
  CHECK_FALSE(from.worker.find(shop.name, shop.until));
  CHECK(shop.database.value("select count(*) from pg_replication_slots where slot_name = '" + shop.name + "'") == "0");
  CHECK(shop.database.value("select count(*) from pg_publication where pubname = '" + shop.name + "_pub'") == "0");
  CHECK(shop.status().verdict == health::ConnectorVerdict::missing);
}

TEST_CASE("a password that the worker does not have is told as such, and no connector is left behind") {
  Shop shop;
  shop.database.run("create role " + shop.role + " login replication password 'x' in role password_required");
  shop.file().config["database.password"] = "${env:NOBODY_SET_THIS}";
  try {
    static_cast<void>(shop.apply());
    FAIL("the connector was made");
  } catch (const Error& e) {
    CHECK(e.code() == Code::refused);
    CHECK_THAT(e.text().cause, Catch::Contains("password authentication failed"));
  }
  const auto here = shop.around();
  Sources from{here, shop.until};
  CHECK_FALSE(from.worker.find(shop.name, shop.until));
  const auto found = connector_validate(from, shop.file(), false, shop.until);
  CHECK_FALSE(found.good);
  CHECK_THAT(to_json(found.report.data), Catch::Contains("config.providers is not set there"));
}

TEST_CASE("a table that is not there blocks the plan, and the file's own mistakes refuse it") {
  Shop shop;
  shop.capture("public.orders,public.nowhere");
  const auto plan = shop.plan();
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].action == Action::blocked);
  CHECK_THAT(plan.steps[0].why, Catch::Contains("public.nowhere does not exist"));

  shop.file().config["decimal.handling.mode"] = "double";
  try {
    static_cast<void>(shop.plan());
    FAIL("planned");
  } catch (const Error& e) {
    CHECK(e.code() == Code::manifest);
    CHECK(e.text().hint == R"("decimal.handling.mode": "string")");
  }
}
