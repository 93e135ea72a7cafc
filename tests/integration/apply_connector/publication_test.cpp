#include <pqxx/pqxx>

#include "shop.hpp"

using namespace ctl;
using health::ConnectorVerdict;

namespace {

/// The one blocked step of the plan: why, and what to type.
std::pair<std::string, std::string> blocked(Shop& shop) {
  const auto plan = shop.plan();
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].action == Action::blocked);
  return {plan.steps[0].why, plan.steps[0].remedy};
}

std::vector<std::string> paths(const Plan& plan) {
  std::vector<std::string> all;
  for (const auto& step : plan.steps)
    for (const auto& change : step.changes) all.push_back(change.path);
  return all;
}

std::string reasons(const health::ConnectorJudgement& judged) {
  std::string all;
  for (const auto& reason : judged.reasons) all += reason + "\n";
  return all;
}

/// "op id total" of every event of the table, in order.
std::vector<std::string> events(const Shop& shop, const std::string& table, const std::string& id) {
  std::vector<std::string> all;
  for (const auto& record : oracle::read(shop.topic(table))) {
    const auto event = parse_json(record.value.value_or("{}"), "event");
    const auto* after = event.find("after");
    const auto* before = event.find("before");
    const auto* row = after != nullptr && after->map() != nullptr ? after : before;
    if (row == nullptr || row->map() == nullptr) continue;
    all.push_back(event.text_or("op", "?") + " " + std::to_string(row->integer_or(id, 0)) + " " + row->text_or("total", "-"));
  }
  return all;
}

std::vector<std::string> await_events(const Shop& shop, const std::string& table, const std::string& id, std::size_t count) {
  std::vector<std::string> seen;
  for (int tries = 0; tries < 60 && seen.size() < count; ++tries) {
    seen = events(shop, table, id);
    shop.until.sleep(std::chrono::milliseconds{250});
  }
  return seen;
}

}  // namespace

TEST_CASE("a publication that leaves something out blocks, is not healthy, and is mended by the statement that the plan shows") {
  Shop shop;
  const auto publication = shop.name + "_pub";
  shop.database.run("create publication " + publication +
                    " for table items, orders (order_id) where (order_id > 1000) with (publish = 'insert, delete')");
  const auto [why, remedy] = blocked(shop);
  CHECK_THAT(why, Catch::Contains("only rows with (order_id > 1000) and no column total of public.orders") &&
                      Catch::Contains("publishes no update"));
  for (const auto& step : split(remedy, ';')) shop.database.run(step == "BEGIN" || step == "COMMIT" ? "select 1" : step);
  CHECK(shop.apply().end == Outcome::End::done);
  CHECK(shop.plan().steps.empty());
  CHECK(shop.all_arrived("orders", "order_id") == "");
  shop.database.run("update orders set total = 2; insert into orders default values; delete from orders where order_id = 2");
  CHECK(await_events(shop, "orders", "order_id", 4) == std::vector<std::string>{"r 1 1.10", "u 1 2.00", "c 2 1.10", "d 2 1.10"});
  CHECK(shop.status().verdict == ConnectorVerdict::healthy);

  for (const auto& [change, words] : std::vector<std::pair<std::string, std::string>>{
           {"set (publish = 'insert')", "publishes no update, delete"},
           {"set table items, orders where (total > 0)", "has only rows with (total > (0)::numeric) of public.orders"},
           {"set table orders, items (item_id)", "has no column name of public.items"},
           {"set tables in schema public", "is FOR TABLES IN SCHEMA public"},
           {"set table orders, items, clicks", "public.clicks, which nobody wants captured"}}) {
    INFO(change);
    shop.database.run("alter publication " + publication + " set (publish = 'insert, update, delete, truncate'); alter publication " +
                      publication + " " + change);
    CHECK_FALSE(shop.plan().steps.empty());
    const auto judged = shop.status();
    CHECK(judged.verdict == ConnectorVerdict::degraded);
    CHECK_THAT(reasons(judged), Catch::Contains(words));
  }
  shop.database.run("drop publication " + publication + "; create publication " + publication + " for all tables");
  CHECK_THAT(blocked(shop).first, Catch::Contains("FOR ALL TABLES"));
  CHECK_THAT(reasons(shop.status()), Catch::Contains("FOR ALL TABLES"));
}

TEST_CASE("the changes of a captured partitioned table arrive under its name, also from a publication that was there") {
  Shop shop;
  shop.database.run(
      "create table visits (visit_id int primary key, total numeric(10,2)) partition by range (visit_id);"
      "create table visits_a partition of visits for values from (0) to (100);"
      "create table visits_b partition of visits for values from (100) to (200);"
      "insert into visits values (1, 1), (101, 1)");
  shop.database.run("create publication " + shop.name + "_pub for table visits");
  shop.capture("public.orders,public.visits");
  const auto planned = paths(shop.plan());
  CHECK(std::find(planned.begin(), planned.end(), "publication/" + shop.name + "_pub/publish_via_partition_root") != planned.end());
  CHECK(shop.apply().end == Outcome::End::done);
  CHECK(shop.plan().steps.empty());
  shop.database.run(
      "insert into visits values (2, 1), (102, 1); update visits set total = 2 where visit_id = 101;"
      "create table visits_c partition of visits for values from (200) to (300); insert into visits_c values (201, 3)");
  CHECK(await_events(shop, "visits", "visit_id", 6) ==
        std::vector<std::string>{"r 1 1.00", "r 101 1.00", "c 2 1.00", "c 102 1.00", "u 101 2.00", "c 201 3.00"});
  CHECK(shop.plan().steps.empty());
  CHECK(shop.status().verdict == ConnectorVerdict::healthy);

  shop.database.run("alter publication " + shop.name + "_pub set (publish_via_partition_root = false)");
  CHECK_THAT(reasons(shop.status()), Catch::Contains("public.visits under the names of its partitions"));
  CHECK(shop.status().captured == 1);
  CHECK(paths(shop.plan()) == std::vector<std::string>{"publication/" + shop.name + "_pub/publish_via_partition_root"});
  CHECK(shop.apply().end == Outcome::End::done);
  CHECK(shop.status().verdict == ConnectorVerdict::healthy);
  shop.database.run("create unlogged table visits_d partition of visits for values from (300) to (400)");
  CHECK_THAT(blocked(shop).first, Catch::Contains("public.visits_d of public.visits"));
}

TEST_CASE("a table that Debezium takes for a captured one is named, left out by its case, and never called healthy") {
  Shop shop;
  shop.database.run(R"(create table "Orders" (order_id int primary key); insert into "Orders" values (7))");
  const auto [why, remedy] = blocked(shop);
  CHECK_THAT(why, Catch::Contains("takes public.Orders as well as public.orders"));
  CHECK_THAT(remedy, Catch::Contains("(?-i)public.orders"));
  shop.capture("(?-i)public.orders,public.items");
  shop.file().config["retriable.restart.connector.wait.ms"] = "1000";
  CHECK(shop.apply().end == Outcome::End::done);
  CHECK(shop.plan().steps.empty());
  CHECK(shop.all_arrived("orders", "order_id") == "");
  CHECK(shop.status().verdict == ConnectorVerdict::healthy);

  // The snapshot from its begin again, without the right to read a table: the task is RUNNING all the time.
  connect::Worker worker{{.base = sandbox::connect_url()}, shop.quiet};
  connect::Admin admin{worker};
  admin.stop(shop.name, shop.until);
  admin.reset_offsets(shop.name, shop.until);
  shop.database.run("select pg_drop_replication_slot('" + shop.name + "')");
  shop.database.run("revoke select on items from " + shop.role);
  admin.resume(shop.name, shop.until);
  std::string said;
  for (int tries = 0; tries < 10 && said.find("no session of") == std::string::npos; ++tries) {
    const auto judged = shop.status();
    CHECK(judged.good() != true);
    CHECK(judged.captured == 1);
    said = reasons(judged);
  }
  CHECK_THAT(said, Catch::Contains("may not read public.items") && Catch::Contains("has not ended, and no session of " + shop.role));
  CHECK(worker.status(shop.name, shop.until).running() == 1);
  shop.database.run("grant select on items to " + shop.role);
  CHECK(shop.all_arrived("items", "item_id") == "");
}

TEST_CASE("names with capitals, dots and metacharacters are captured as they are written") {
  Shop shop;
  shop.database.run(
      R"(create schema "my.schema"; create table "my.schema"."T" (id int primary key); create table "a$b" (id int primary key);)"
      R"(create table "Order" (id int primary key); insert into "my.schema"."T" values (1))");
  shop.capture(R"(my\.schema.T,public.a\$b,public.Order)");
  CHECK(shop.apply().end == Outcome::End::done);
  CHECK(shop.plan().steps.empty());
  shop.database.run(R"(insert into "my.schema"."T" values (2); insert into "a$b" values (1); insert into "Order" values (1))");
  CHECK(await_events(shop, "Order", "id", 1) == std::vector<std::string>{"c 1 -"});
  CHECK(await_events(shop, "T", "id", 2) == std::vector<std::string>{"r 1 -", "c 2 -"});
  CHECK(await_events(shop, "a_b", "id", 1) == std::vector<std::string>{"c 1 -"});  // what no topic's name may hold becomes _
  CHECK(shop.status().verdict == ConnectorVerdict::healthy);
}

TEST_CASE("a slot that is somebody else's is not dropped with the connector") {
  Shop shop;
  shop.file().config["slot.name"] = shop.name;
  const auto here = shop.around();
  Sources from{here, shop.until};
  WritingRun run{here, "connector", "", {}, shop.until};
  const Desk desk{.around = here, .kafka = from.kafka, .session = &run.database(), .book = &run.journal(), .run = &run};
  const auto refused = [&] {
    try {
      static_cast<void>(connector_delete(desk, from.worker, shop.name, {.drop_slot = true, .drop_publication = true}, shop.until));
    } catch (const Error& e) {
      CHECK(e.code() == Code::refused);
      CHECK(shop.database.value("select count(*) from pg_replication_slots where slot_name = '" + shop.name + "'") == "1");
      return e.text().what;
    }
    return std::string{"it was dropped"};
  };
  const auto drop = "select pg_drop_replication_slot('" + shop.name + "')";
  shop.database.run("select pg_create_physical_replication_slot('" + shop.name + "', true)");
  CHECK_THAT(refused(), Catch::Contains("is a physical one"));
  shop.database.run(drop);
  shop.database.run("select pg_create_logical_replication_slot('" + shop.name + "', 'test_decoding')");
  CHECK_THAT(refused(), Catch::Contains("decodes with test_decoding"));
  shop.database.run(drop);
  const sandbox::Database other{"elsewhere"};
  pqxx::connection there{other.url()};
  pqxx::nontransaction{there}.exec("select pg_create_logical_replication_slot('" + shop.name + "', 'pgoutput')");
  CHECK_THAT(refused(), Catch::Contains("is of database " + other.name()));
  pqxx::nontransaction{there}.exec(drop);
  shop.database.run("select pg_create_logical_replication_slot('" + shop.name + "', 'pgoutput')");
  CHECK(refused() == "it was dropped");  // its own
  CHECK(shop.database.value("select count(*) from pg_replication_slots where slot_name = '" + shop.name + "'") == "0");
  run.end("done", "");
}
