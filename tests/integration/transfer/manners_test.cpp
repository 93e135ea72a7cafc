#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <pqxx/pqxx>
#include <set>
#include <thread>

#include "shop_fixture.hpp"
#include "support/proxy.hpp"

using namespace std::chrono_literals;

TEST_CASE("an ALTER TABLE and the shop's queries behind it do not wait for the end of a copy") {
  Shop shop;
  shop.database.run(shop::insert_events(300'000));
  std::atomic<bool> over{false};
  ctl::transfer::Moved moved;
  std::thread mover{[&] {
    moved = ctl::transfer::Mover{shop.postgres, shop.kafka, shop.table, {.rate = 30'000}, shop.quiet}.catch_up(
        Shop::soon());  // 10 s, and more than fits into a socket
    over = true;
  }};
  const std::string copies = "select count(*) from pg_stat_activity where datname = current_database() and query like 'copy (%'";
  for (const auto until = Shop::soon(); shop.database.value(copies) == "0" && !until.over();) std::this_thread::sleep_for(5ms);
  std::this_thread::sleep_for(2s);  // two calm looks
  shop.database.run("alter table cart_events add column note text");
  CHECK_FALSE(over);
  shop.database.run("insert into cart_events (product_id, quantity, event_type, note) values (1, 1, 'added', 'x')");
  mover.join();
  CHECK(moved.caught_up);
  CHECK(shop.verdict() == "");
  CHECK(shop.reconcile().equal());
  CHECK(shop.noted("public.cart_events: makes room, postgres answers in "));
}

TEST_CASE("a reconcile reads a table in parts, and an ALTER TABLE waits for one of them") {
  Shop shop;
  shop.database.run(shop::insert_events(600'000));
  REQUIRE(shop.move().rows == 600'000);
  std::atomic<bool> over{false};
  ctl::transfer::Parity parity;
  std::thread reconcile{[&] {
    parity = shop.reconcile();
    over = true;
  }};
  std::set<std::string> copies;
  bool altered = false;
  while (!over) {
    copies.insert(
        shop.database.value("select query_start from pg_stat_activity where datname = current_database() and query like 'copy (%'"));
    if (copies.size() == 2 && !std::exchange(altered, true)) shop.database.run("alter table cart_events add column note text");
    std::this_thread::sleep_for(1ms);
  }
  reconcile.join();
  CHECK(parity.equal());
  CHECK(copies.size() >= 3);  // none, and two
}

TEST_CASE("a Kafka that is slow to commit is left alone for a while, and nothing is lost by it") {
  Shop shop;
  shop.database.run(shop::insert_events(150'000));
  Proxy proxy;
  std::atomic<int> commits{0};
  const std::function<void()> third_is_slow = [&] {
    if (++commits == 3) std::this_thread::sleep_for(1500ms);
    proxy.before({Proxy::end_txn}, third_is_slow);
  };
  proxy.before({Proxy::end_txn}, third_is_slow);
  shop.kafka.brokers = proxy.address();
  const auto moved = ctl::transfer::Mover{shop.postgres, shop.kafka, shop.table, {.rate = 30'000}, shop.quiet}.catch_up(Shop::soon());
  CHECK(moved.caught_up);
  CHECK(moved.rows == 150'000);
  CHECK(commits > 3);
  CHECK(shop.verdict() == "");
  CHECK(shop.noted("public.cart_events: makes room, Kafka answers in "));
}
