#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <pqxx/pqxx>
#include <thread>

#include "shop_fixture.hpp"

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
  REQUIRE(shop.quiet.notes.size() == 1);
  CHECK(shop.quiet.notes.front().find("public.cart_events: makes room, postgres answers in ") == 0);
}
