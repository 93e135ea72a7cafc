#include "health/writers.hpp"

#include <catch2/catch.hpp>
#include <pqxx/pqxx>
#include <thread>

#include "support/cart_events.hpp"
#include "support/oracle.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

/// A shop whose table is moved, and a watch over its writers.
struct Watched {
  sandbox::Database database{"writers"};
  sandbox::Topic topic{"writers", 3};
  Project project{};
  Quiet quiet{};
  Surroundings around{.project = project,
                      .database = {database.url(), {}, "mykartctl test", ""},
                      .kafka = {sandbox::brokers(), {}, {}, ""},
                      .connect = {},
                      .listener = quiet,
                      .quiet_for = 400ms};
  postgres::Connection session{postgres::Connection::open(around.database, postgres::Access::read_only, quiet, soon())};
  kafka::Cluster cluster{around.kafka, quiet};

  Watched() {
    database.run(shop::tables + shop::insert_events(5));
    project.tables.push_back(shop::cart_events(topic.name()));
  }
  static Deadline soon() { return {20s, {}}; }

  /// Looks until the window has passed, or something speaks against it.
  health::Writers tables(
      bool word, const std::function<void()>& between = [] {}) {
    health::WriterWatch watch{around, word};
    return decide([&] { return watch.tables(session, cluster, soon()); }, between);
  }
  health::Writers topics(
      bool word, const std::function<void()>& between = [] {}) {
    health::WriterWatch watch{around, word};
    return decide([&] { return watch.topics(cluster, soon()); }, between);
  }

 private:
  static health::Writers decide(const std::function<health::Writers()>& look, const std::function<void()>& between) {
    auto writers = look();
    for (const auto until = soon(); writers.undecided && !until.over(); writers = look()) {
      between();
      std::this_thread::sleep_for(20ms);
    }
    return writers;
  }
};

/// Another program's session.
pqxx::connection client(const Watched& shop, const std::string& name) {
  return pqxx::connection{shop.database.url() + "?application_name=" + name};
}
std::string pid_of(const pqxx::connection& session) { return std::to_string(session.backendpid()); }
const std::string insert = "insert into cart_events (product_id, quantity, event_type) values (1, 1, 'added')";

}  // namespace

TEST_CASE("silence is gone only with nobody else in the database, an application that writes events, or the operator's word") {
  Watched shop;
  const auto alone = shop.tables(false);
  CHECK(alone.gone);
  CHECK(alone.evidence == "quiet 400 ms, no other session in the database");

  const auto idle = client(shop, "shop-web");
  const auto silent = shop.tables(false);
  CHECK_FALSE(silent.gone);
  CHECK_FALSE(silent.undecided);
  CHECK(silent.why.find("no insert for 400 ms, but shop-web (127.0.0.1, user ") == 0);
  CHECK(silent.why.find("pid " + pid_of(idle) + ") is still connected and no application event has arrived in a topic") !=
        std::string::npos);
  CHECK(shop.tables(true).evidence == "quiet 400 ms, the operator says that the writers are gone");

  oracle::produce(shop.topic.name(), {{.key = "product-1", .value = R"({"product_id":1,"event_id":"pg:cart_events:1"})"}});
  CHECK_FALSE(shop.tables(false).gone);  // that is a row
  oracle::produce(shop.topic.name(), {{.key = "product-1", .value = R"({"product_id":1})"}});
  CHECK(shop.tables(false).evidence == "quiet 400 ms, application events seen in 1 of 1 topics");
}

TEST_CASE("a row that arrives speaks against everybody's word, and is shown with its table, id and client") {
  Watched shop;
  oracle::produce(shop.topic.name(), {{.key = "product-1", .value = R"({"product_id":1})"}});
  auto writer = client(shop, "old-web");
  const auto found = shop.tables(true, [&] { pqxx::nontransaction{writer}.exec0(insert); });
  CHECK_FALSE(found.gone);
  CHECK(found.why.find("public.cart_events got row ") == 0);
  CHECK(found.why.find(" from old-web (127.0.0.1, user ") != std::string::npos);
  CHECK(found.why.find("pid " + pid_of(writer) + ")") != std::string::npos);
}

TEST_CASE("a transaction that may still insert speaks against everybody's word, whether it has inserted or not") {
  Watched shop;
  oracle::produce(shop.topic.name(), {{.key = "product-1", .value = R"({"product_id":1})"}});
  auto writer = client(shop, "slow-job");
  {
    pqxx::work open{writer};
    open.exec0("delete from cart_events where false");  // holds RowExclusive and shows no row
    const auto found = shop.tables(true);
    CHECK_FALSE(found.gone);
    CHECK(found.why.find("slow-job (127.0.0.1, user ") == 0);
    CHECK(found.why.find("may still insert: in a transaction since ") != std::string::npos);
  }
  CHECK(shop.tables(true).gone);
}

TEST_CASE("a session that takes the tool's name is no session of the tool, whatever it does") {
  Watched shop;
  auto borrowed = client(shop, "mykartctl");
  CHECK(shop.tables(false).why.find("no insert for 400 ms, but mykartctl (127.0.0.1, user ") == 0);
  pqxx::work open{borrowed};
  open.exec(insert);
  CHECK(shop.tables(true).why.find("mykartctl (127.0.0.1, user ") == 0);
}

TEST_CASE("whoever has taken an id in an open transaction may still insert with it") {
  Watched shop;
  auto writer = client(shop, "orm");
  pqxx::work open{writer};
  open.exec("select nextval('cart_events_cart_event_id_seq')");
  CHECK(shop.tables(true).why.find("orm (127.0.0.1, user ") == 0);
}

TEST_CASE("a writer on a partition, and one that is prepared and has no session any more, are seen") {
  Watched shop;
  shop.database.run(
      "drop table cart_events; create table cart_events (cart_event_id bigserial, product_id int, quantity int, event_type text, "
      "event_timestamp timestamp) partition by range (cart_event_id); create table leaf partition of cart_events for values from (1) to "
      "(1000)");
  auto writer = client(shop, "batch");
  {
    pqxx::work open{writer};
    open.exec("insert into leaf (product_id) values (1)");
    CHECK(shop.tables(true).why.find("batch (127.0.0.1, user ") == 0);
  }
  if (shop.database.value("show max_prepared_transactions") == "0") {
    WARN("this server takes no prepared transactions: scripts/sandbox makes one that does");
    return;
  }
  pqxx::nontransaction plain{writer};
  plain.exec("begin");
  plain.exec("insert into leaf (product_id) values (1)");
  plain.exec("prepare transaction 'half-" + shop.database.name() + "'");
  const auto found = shop.tables(true);
  CHECK(found.why.find("prepared transaction half-" + shop.database.name() + " (user ") == 0);
  CHECK(found.why.find("may still insert: in a transaction since ") != std::string::npos);
  plain.exec("rollback prepared 'half-" + shop.database.name() + "'");
  CHECK(shop.tables(true).gone);
}

TEST_CASE("a captured table's connector is left out only as far as its role may not write") {
  Watched shop;
  const auto role = sandbox::unique("cdc");
  shop.database.run("create role " + role + " login; grant select on cart_events to " + role);
  ConnectorSpec connector{.name = "c"};
  connector.config["database.user"] = role;
  shop.project.connectors.push_back(connector);
  auto url = shop.database.url();
  url.replace(url.find("://") + 3, url.find('@') - url.find("://") - 3, role);
  {
    const pqxx::connection reading{url};
    CHECK(shop.tables(false).gone);
    shop.database.run("grant insert on cart_events to " + role);
    CHECK_FALSE(shop.tables(false).gone);
  }
  shop.database.run("drop owned by " + role + "; drop role " + role);
}

TEST_CASE("a role that may not see the others' sessions says nobody gone, and names the grant") {
  Watched shop;
  const auto role = sandbox::unique("blind");
  shop.database.run("create role " + role + " login; grant select on cart_events to " + role);
  auto url = shop.database.url();
  url.replace(url.find("://") + 3, url.find('@') - url.find("://") - 3, role);
  {
    auto session = postgres::Connection::open({url, {}, "mykartctl test", ""}, postgres::Access::read_only, shop.quiet, Watched::soon());
    health::WriterWatch watch{shop.around, true};
    const auto found = watch.tables(session, shop.cluster, Watched::soon());
    CHECK_FALSE(found.gone);
    CHECK_FALSE(found.undecided);
    CHECK(found.remedy == "grant pg_read_all_stats to \"" + role + "\"");
  }
  shop.database.run("drop owned by " + role + "; drop role " + role);
}

TEST_CASE("a protected context wants the word besides the evidence") {
  Watched shop;
  shop.around.is_protected = true;
  shop.around.context = "prod";
  CHECK(shop.tables(false).why == "context prod is protected: say --writers-gone when the application no longer writes to the tables");
  CHECK(shop.tables(true).gone);
  CHECK(shop.topics(false).why == "context prod is protected: say --writers-gone when the application no longer writes to the topics");
  CHECK(shop.topics(true).gone);
}

TEST_CASE("on the way back it is the topics that must be quiet") {
  Watched shop;
  CHECK(shop.topics(false).evidence == "quiet 400 ms");
  const auto found = shop.topics(true, [&] { oracle::produce(shop.topic.name(), {{.key = "product-1", .value = "{}"}}); });
  CHECK_FALSE(found.gone);
  CHECK(found.why.find(shop.topic.name() + "[") == 0);
  CHECK(found.why.find(" got offset ") != std::string::npos);
}
