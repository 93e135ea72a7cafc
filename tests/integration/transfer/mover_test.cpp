#include <atomic>
#include <catch2/catch.hpp>
#include <pqxx/pqxx>
#include <thread>

#include "core/error.hpp"
#include "shop_fixture.hpp"
#include "support/journal_tables.hpp"

using namespace ctl;

namespace {

/// An application's session with a transaction that stays open.
struct Session {
  pqxx::connection connection;
  pqxx::nontransaction work;
  explicit Session(const sandbox::Database& database) : connection{database.url()}, work{connection} {}
  void run(const std::string& sql) { work.exec(sql); }
};

Code code_of(const std::function<void()>& f, std::string* what = nullptr) {
  try {
    f();
  } catch (const Error& e) {
    if (what != nullptr) *what = e.what();
    return e.code();
  }
  return Code::internal;
}

}  // namespace

TEST_CASE("a table is moved once, in order per key, and a second run has nothing to do") {
  Shop shop;
  shop.database.run(shop::insert_events(25'000));
  const auto moved = shop.move();
  CHECK(moved.caught_up);
  CHECK(moved.rows == 25'000);
  CHECK(moved.last_id == 25'000);
  CHECK(shop.verdict() == "");
  const auto again = shop.move();
  CHECK(again.caught_up);
  CHECK(again.rows == 0);
  shop.database.run(shop::insert_events(1000));
  CHECK(shop.move().rows == 1000);
  CHECK(shop.verdict() == "");

  const auto first = oracle::read(shop.topic.name()).front();
  CHECK(first.time_ms >= 1704067200123);
  CHECK(first.time_ms % 1000 == 123);
  CHECK(first.value->find("\"event_timestamp\":\"2024-01-01T") != std::string::npos);
}

TEST_CASE("an empty table is caught up at once, and its first row is moved later") {
  Shop shop;
  CHECK(shop.move().caught_up);
  shop.database.run(shop::insert_events(1));
  CHECK(shop.move().rows == 1);
  CHECK(shop.verdict() == "");
}

TEST_CASE("negative ids, gaps, NULLs and times before 1970 cross") {
  Shop shop;
  shop.database.run(
      "insert into cart_events values (-5, 1, 1, 'a', '1969-07-20 20:17:40'), (0, null, 1, 'b', null), (7, 2, 1, E'c\"\\\\\\n', "
      "'2024-01-01'), (2147483647, 2, 1, 'é', '2024-01-01')");
  CHECK(shop.move().rows == 4);
  CHECK(shop.verdict() == "");
  for (const auto& record : oracle::read(shop.topic.name())) {
    const auto id = oracle::id_of(record, "cart_events");
    if (id == -5) CHECK(record.time_ms == 1);
    if (id == 0) CHECK(record.key == "product-null");
    if (id == 0) CHECK(record.time_ms > 1704067200000);
    if (id == 7) CHECK(record.value->find(R"("event_type":"c\"\\\n")") != std::string::npos);
  }
}

TEST_CASE("rows of transactions that were open at the start are moved when they have committed") {
  Shop shop;
  Session early{shop.database}, saved{shop.database}, rolled_back{shop.database}, reserving{shop.database};
  early.run("begin; insert into cart_events (product_id, quantity, event_type) values (1, 1, 'early')");
  saved.run(
      "begin; savepoint a; insert into cart_events (product_id, quantity, event_type) values (2, 1, 'undone'); rollback to a; savepoint "
      "b; " +
      shop::insert_events(3));
  rolled_back.run("begin; " + shop::insert_events(5));
  reserving.run("begin; select nextval('cart_events_cart_event_id_seq')");
  shop.database.run(shop::insert_events(100));

  std::atomic<bool> done{false};
  std::thread application{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{300});  // in which a mover that trusts max(id) would be through
    CHECK_FALSE(done.load());
    early.run("commit");
    saved.run("commit");
    rolled_back.run("rollback");
    reserving.run("insert into cart_events values (currval('cart_events_cart_event_id_seq'), 3, 1, 'reserved', now()); commit");
  }};
  const auto moved = shop.move();
  done = true;
  application.join();
  CHECK(moved.caught_up);
  CHECK(moved.rows == 105);
  CHECK(shop.verdict() == "");
}

TEST_CASE("what is moved while the shop inserts, rolls back and sleeps is complete") {
  Shop shop;
  shop.database.run(shop::insert_events(20'000));
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&, w] {
      Session session{shop.database};
      for (int i = 0; !stop; ++i) {
        session.run("begin");
        session.run(shop::insert_events(1 + (i * 7 + w) % 20));
        if (i % 5 == 1) session.run("savepoint s; " + shop::insert_events(2) + "; rollback to s");
        if (i % 11 == 3) session.run("select pg_sleep(0.05)");
        session.run(i % 7 == 2 ? "rollback" : "commit");
      }
    });
  ctl::transfer::Mover mover{shop.postgres, shop.kafka, shop.table, {}, shop.quiet};
  for (int i = 0; i < 30; ++i) CHECK(mover.catch_up(Shop::soon()).caught_up);
  stop = true;
  for (auto& writer : writers) writer.join();
  CHECK(mover.catch_up(Shop::soon()).caught_up);
  CHECK(shop.verdict() == "");
  CHECK(shop.reconcile().equal());
}

TEST_CASE("a transaction that never ends is named, and its rows are not passed over") {
  Shop shop;
  shop.database.run(shop::insert_events(10));
  Session open{shop.database};
  open.run("set application_name = 'stuck batch'; begin; insert into cart_events (product_id, quantity, event_type) values (1, 1, 'late')");
  shop.database.run(shop::insert_events(10));
  ctl::transfer::Mover mover{shop.postgres, shop.kafka, shop.table, {}, shop.quiet};
  const auto moved = mover.catch_up({std::chrono::seconds{4}, {}});
  CHECK_FALSE(moved.caught_up);
  CHECK(moved.rows == 0);
  REQUIRE_FALSE(shop.quiet.notes.empty());
  CHECK(shop.quiet.notes.back().find("stuck batch") != std::string::npos);
  auto session = shop.session();
  CHECK_THROWS_WITH(ctl::transfer::settled_id(session, shop.table, shop.quiet, {std::chrono::seconds{1}, {}}),
                    Catch::Contains("stuck batch"));
  open.run("commit");
  CHECK(mover.catch_up(Shop::soon()).rows == 21);
  CHECK(shop.verdict() == "");
}

TEST_CASE("a stop or the deadline ends at a commit, and the next call goes on there") {
  Shop shop;
  shop.database.run(shop::insert_events(3000));
  ctl::transfer::Mover mover{shop.postgres, shop.kafka, shop.table, {.rate = 1000}, shop.quiet};
  const auto begin = std::chrono::steady_clock::now();
  const auto moved = mover.catch_up({std::chrono::milliseconds{1500}, {}});
  CHECK_FALSE(moved.caught_up);
  CHECK(moved.rows > 500);
  CHECK(moved.rows < 2000);  // the rate was kept
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{4});
  CHECK(shop.move().rows == 3000 - moved.rows);
  CHECK(shop.verdict() == "");
}

TEST_CASE("a second mover takes over, and the first learns it instead of writing") {
  Shop shop;
  shop.database.run(shop::insert_events(100));
  ctl::transfer::Mover first{shop.postgres, shop.kafka, shop.table, {}, shop.quiet};
  CHECK(first.catch_up(Shop::soon()).rows == 100);
  shop.database.run(shop::insert_events(100));
  CHECK(shop.move().rows == 100);
  shop.database.run(shop::insert_events(100));
  CHECK(code_of([&] { first.catch_up(Shop::soon()); }) == Code::busy);
  CHECK(shop.move().rows == 100);
  CHECK(shop.verdict() == "");
}

TEST_CASE("a checkpoint behind another mover's open transaction is waited for, not overlooked") {
  Shop shop;
  shop.database.run(shop::insert_events(100));
  transfer::Mover first{shop.postgres, shop.kafka, shop.table, {}, shop.quiet};
  CHECK(first.catch_up(Shop::soon()).rows == 100);
  std::optional<kafka::Transactional> killed{std::in_place, shop.kafka, sandbox::unique("killed"), shop.quiet, Shop::soon()};
  killed->begin(Shop::soon());
  const std::string topic{transfer::checkpoint_topic};
  const auto end = [&] {
    kafka::Cluster cluster{shop.kafka, shop.quiet};
    const kafka::Partition only{topic, 0};
    return *cluster.offsets(std::span{&only, 1}, kafka::Cluster::At::latest, Shop::soon()).at(only);
  };
  const auto before = end();
  killed->send(topic, "another table", "{}", now(), Shop::soon());
  while (end() == before) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  shop.database.run(shop::insert_events(100));
  CHECK(first.catch_up(Shop::soon()).rows == 100);  // its checkpoint lies behind the open transaction
  std::thread broker{[&] {
    std::this_thread::sleep_for(std::chrono::seconds{1});
    killed.reset();  // aborts
  }};
  CHECK(shop.move().rows == 0);
  broker.join();
  CHECK(shop.verdict() == "");
}

TEST_CASE("rows that a policy hides are an error, not a smaller table") {
  Shop shop;
  shop.database.run(shop::insert_events(10));
  const auto role = sandbox::unique("reader");
  shop.database.run("create role " + role + " login; grant select on all tables in schema public to " + role +
                    "; alter table cart_events enable row level security; create policy few on cart_events using (cart_event_id < 5)");
  auto target = shop.postgres;
  target.conninfo = target.conninfo.replace(target.conninfo.find("admin@"), 5, role);
  CHECK_THROWS_WITH((transfer::Mover{target, shop.kafka, shop.table, {}, shop.quiet}.catch_up(Shop::soon())), Catch::Contains("failed"));
  CHECK(oracle::read(shop.topic.name()).empty());
  shop.database.run("drop owned by " + role + "; drop role " + role);
}

TEST_CASE("a row that cannot be an event stops the table by name, and nothing after it is moved") {
  Shop shop;
  shop.database.run(shop::insert_events(5) +
                    "; insert into cart_events (product_id, quantity, event_type, event_timestamp) values (1, 1, 'x', 'infinity'); " +
                    shop::insert_events(5));
  std::string what;
  CHECK(code_of([&] { shop.move(); }, &what) == Code::refused);
  CHECK(what == "row 6 of public.cart_events cannot become an event: column event_timestamp is bad_time");
  shop.database.run("update cart_events set event_timestamp = null where cart_event_id = 6");
  CHECK(shop.move().caught_up);
  CHECK(shop.verdict() == "");
}

TEST_CASE("a topic that was made anew or has other partitions is refused by name") {
  Shop shop;
  shop.database.run(shop::insert_events(50));
  CHECK(shop.move().rows == 50);
  oracle::remove_topic(shop.topic.name());
  std::this_thread::sleep_for(std::chrono::seconds{1});
  oracle::create_topic(shop.topic.name(), 3);
  shop.database.run(shop::insert_events(50));
  std::string what;
  CHECK(code_of([&] { shop.move(); }, &what) == Code::refused);
  CHECK(what.find("topic " + shop.topic.name() + " is not the one") == 0);
  CHECK(oracle::read(shop.topic.name()).empty());
}

TEST_CASE("rows that a replay put into the table are left out, and looked at only once") {
  Shop shop;
  shop.database.run(shop::insert_events(20));
  const auto topic = shop.topic.name();
  shop.database.run(journal_tables() +
                    "insert into mykartctl.replayed (table_name, id, topic, partition, kafka_offset) values ('public.cart_events', 3, '" +
                    topic + "', 0, 100), ('public.cart_events', 20, '" + topic + "', 0, 101), ('public.clicks', 4, '" + topic +
                    "', 0, 100), ('eu.cart_events', 5, '" + topic + "', 0, 100), ('public.cart_events', 6, 'another topic', 0, 0)");
  const auto moved = shop.move();
  CHECK(moved.rows == 18);
  CHECK(moved.last_id == 20);
  CHECK(shop.verdict("select cart_event_id from cart_events where cart_event_id not in (3, 20)") == "");
  CHECK(shop.reconcile().equal());
}

TEST_CASE("local times of a zone with rules cross as the instants they are") {
  Shop shop;
  shop.table.time_zone = "Europe/Berlin";
  shop.database.run(
      "insert into cart_events (product_id, quantity, event_type, event_timestamp) values (1, 1, 'winter', '2024-01-15 12:00:00.5'), (1, "
      "1, 'summer', '2024-07-15 12:00:00.5'), "
      "(1, 1, 'twice', '2024-10-27 02:30:00'), (1, 1, 'never', '2024-03-31 02:30:00'), "
      "(1, 1, 'before', '2024-10-27 01:59:59.999'), (1, 1, 'after', '2024-10-27 03:00:00'), "
      "(1, 1, 'before', '2024-03-31 01:59:59.999'), (1, 1, 'after', '2024-03-31 03:00:00'), (1, 1, 'none', null), "
      "(1, 1, 'twice', '2024-10-27 02:00:00'), (1, 1, 'twice', '2024-10-27 02:59:59.999')");
  CHECK(shop.move().rows == 11);
  CHECK(shop.quiet.notes ==
        std::vector<std::string>{
            "public.cart_events: 3 of the rows, 3 the first, have a local time that Europe/Berlin has twice: taken as standard time",
            "public.cart_events: 1 of the rows, 4 the first, has a local time that Europe/Berlin has never: taken as what clocks had shown "
            "without the change"});
  const auto has = [&](const std::string& text) {
    for (const auto& record : oracle::read(shop.topic.name()))
      if (record.value->find(text) != std::string::npos) return true;
    return false;
  };
  CHECK(has(R"("event_type":"winter","event_timestamp":"2024-01-15T11:00:00.500Z")"));
  CHECK(has(R"("event_type":"summer","event_timestamp":"2024-07-15T10:00:00.500Z")"));
  CHECK(has(R"("event_type":"twice","event_timestamp":"2024-10-27T01:30:00.000Z")"));
  CHECK(has(R"("event_type":"never","event_timestamp":"2024-03-31T01:30:00.000Z")"));
  CHECK(shop.reconcile().equal());
}

TEST_CASE("an open transaction on any partition is waited for") {
  Shop shop;
  shop.database.run(
      "drop table cart_events; create table cart_events (cart_event_id bigserial primary key, product_id int, quantity int, event_type "
      "text, "
      "event_timestamp timestamp default now()) partition by range (cart_event_id); create table low partition of cart_events for values "
      "from "
      "(1) to (100) partition by range (cart_event_id); create table lowest partition of low for values from (1) to (50)");
  Session writing{shop.database};
  writing.run("begin; insert into lowest (product_id, quantity, event_type) values (1, 1, 'slow')");
  shop.database.run(shop::insert_events(3));
  std::atomic<bool> done{false};
  std::thread application{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    CHECK_FALSE(done.load());
    writing.run("commit");
  }};
  const auto moved = shop.move();
  done = true;
  application.join();
  CHECK(moved.rows == 4);
  CHECK(shop.verdict() == "");
}

TEST_CASE("a partitioned table is moved with the rows of all its partitions") {
  Shop shop;
  shop.database.run(
      "drop table cart_events; create table cart_events (cart_event_id serial primary key, product_id integer, quantity integer not null, "
      "event_type varchar(50) not null, "
      "event_timestamp timestamp) partition by range (cart_event_id); create table low partition of cart_events for values from (minvalue) "
      "to (50); "
      "create table high partition of cart_events for values from (50) to (maxvalue)");
  shop.database.run(shop::insert_events(40));
  Session leaf{shop.database};
  leaf.run("begin; insert into low values (45, 1, 1, 'leaf', now())");
  shop.database.run("select setval('cart_events_cart_event_id_seq', 60); " + shop::insert_events(10));
  ctl::transfer::Mover mover{shop.postgres, shop.kafka, shop.table, {}, shop.quiet};
  CHECK_FALSE(mover.catch_up({std::chrono::seconds{4}, {}}).caught_up);
  leaf.run("commit");
  CHECK(mover.catch_up(Shop::soon()).rows == 51);
  CHECK(shop.verdict() == "");
}
