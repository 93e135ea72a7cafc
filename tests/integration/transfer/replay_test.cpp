#include <atomic>
#include <catch2/catch.hpp>
#include <pqxx/pqxx>
#include <thread>

#include "core/error.hpp"
#include "replay_shop.hpp"
#include "support/frozen.hpp"

using namespace ctl;

TEST_CASE("every event of the application becomes a row once, and the table's own events are only counted") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(2000));
  shop.move();
  oracle::produce(shop.topic.name(), events(3000));
  CHECK(shop.behind() >= 5000);
  const auto ledger = sum(shop.replay());
  CHECK(ledger.delivered == 5000);
  CHECK(ledger.inserted == 3000);
  CHECK(ledger.from_table == 2000);
  CHECK(ledger.dead == 0);
  CHECK(shop.behind() == 0);
  CHECK(shop.value("select count(*) from cart_events") == "5000");
  CHECK(shop.value("select count(*) from mykartctl.replayed r join cart_events c on c.cart_event_id = r.id") == "3000");
  CHECK(shop.value("select sum(quantity) from cart_events where event_timestamp = '2024-06-01 00:00:00.25'") == std::to_string([] {
          int total = 0;
          for (int i = 0; i < 3000; ++i) total += 1 + i % 9;
          return total;
        }()));
  CHECK(sum(shop.replay()).delivered == 0);
  CHECK(shop.value("select count(*) from cart_events") == "5000");
  const auto parity = shop.parity();
  CHECK(parity.balanced);
  CHECK(parity.events == 3000);
  CHECK(parity.rows == 3000);
  CHECK(parity.from_table == 2000);
  shop.database.run("update cart_events set quantity = 99 where cart_event_id = (select min(id) from mykartctl.replayed)");
  CHECK(shop.parity().changed == 1);
  CHECK(std::to_string(shop.parity().differences.at(0).id) == shop.value("select min(id) from mykartctl.replayed"));
  CHECK_FALSE(shop.parity().balanced);
  shop.database.run("delete from cart_events where cart_event_id in (select id from mykartctl.replayed order by id limit 2)");
  CHECK(shop.parity().changed == 0);
  CHECK(shop.parity().missing == 2);
  CHECK_FALSE(shop.parity().balanced);
}

TEST_CASE("poison becomes dead letters byte for byte, with reason and column, and everything else a row") {
  ReplayShop shop;
  const std::string raw{"\x00\xff\"\\\t\n", 6};
  std::vector<oracle::Record> mixed = events(500);
  const auto poison = [&](std::optional<std::string> value, std::optional<std::string> key = "k") {
    mixed.push_back({.key = std::move(key), .value = std::move(value)});
  };
  poison(std::nullopt);
  poison("", std::nullopt);
  poison(raw, raw);
  poison("[1]");
  poison("{}");
  poison(event(1001, 1));  // no such product
  poison(R"({"product_id":1,"quantity":1.5,"event_type":"a"})");
  poison(R"({"product_id":3000000000,"quantity":1,"event_type":"a"})");
  poison(R"({"product_id":1,"quantity":1,"event_type":")" + std::string(51, 'x') + "\"}");
  poison(R"({"product_id":1,"quantity":1,"event_type":"a\u0000"})");
  poison(R"({"product_id":1,"quantity":1,"event_type":"a","event_timestamp":"Invalid Date"})");
  poison(R"({"product_id":1,"event_type":"a"})");
  mixed.back().headers = {{"trace", raw}, {"empty", ""}};
  poison(R"({"product_id":null,"quantity":-1,"event_type":"odd but fine"})", "product-NaN");
  oracle::produce(shop.topic.name(), mixed);
  const auto ledger = sum(shop.replay());
  CHECK(ledger.delivered == 513);
  CHECK(ledger.inserted == 501);
  CHECK(ledger.dead == 12);
  CHECK(shop.value("select string_agg(reason || ' ' || n, ', ' order by reason) from (select reason, count(*) n from mykartctl.dead_letter "
                   "group by 1) x") ==
        "bad_json 3, bad_time 1, bad_utf8 1, fk_missing 1, missing_field 2, nul_byte 1, out_of_range 1, too_long 1, wrong_type 1");
  CHECK(shop.value("select string_agg(column_name, ' ' order by column_name) from mykartctl.dead_letter where column_name is not null") ==
        "event_timestamp event_type event_type product_id product_id product_id quantity quantity");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where key = '\\x00ff225c090a' and value = '\\x00ff225c090a'") == "1");
  CHECK(shop.value("select headers::text from mykartctl.dead_letter where headers <> '[]'") ==
        R"([{"name": "trace", "value": "\\x00ff225c090a"}, {"name": "empty", "value": "\\x"}])");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where value is null") == "1");
  std::vector<std::int64_t> delivered;
  for (const auto& record : oracle::read(shop.topic.name())) delivered.push_back(record.partition * 1'000'000'000LL + record.offset);
  CHECK(delivered == oracle::ids(shop.database.url(),
                                 "select partition * 1000000000::bigint + kafka_offset from mykartctl.replayed union all "
                                 "select partition * 1000000000::bigint + kafka_offset from mykartctl.dead_letter order by 1"));
  const auto parity = shop.parity();
  CHECK(parity.balanced);
  CHECK(parity.dead == 12);
}

TEST_CASE("rows that only the server can refuse are found one by one, with its SQLSTATE") {
  ReplayShop shop;
  shop.database.run(
      "alter table cart_events add check (quantity <> 7); create unique index on cart_events (product_id) where event_type = 'once'; "
      "create function odd() returns trigger language plpgsql as $$ begin perform 1 / (new.quantity - 8); return new; end $$; "
      "create trigger odd before insert on cart_events for each row execute function odd()");
  auto mixed = events(1000);  // quantities 1 to 9
  for (int i = 0; i < 3; ++i) mixed.push_back({.key = "product-5", .value = R"({"product_id":5,"quantity":1,"event_type":"once"})"});
  oracle::produce(shop.topic.name(), mixed);
  const auto ledger = sum(shop.replay());
  CHECK(ledger.delivered == 1003);
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where reason = 'server' and sqlstate = '23514'") == "111");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where reason = 'server' and sqlstate = '22012'") == "111");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where reason = 'server' and sqlstate = '23505'") == "2");
  CHECK(ledger.dead == 224);
  CHECK(ledger.inserted == 779);
  CHECK(shop.parity().balanced);
}

TEST_CASE("a refusal that is not the row's stops the replay with nothing half done") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(10));
  shop.database.run(
      "create function fenced() returns trigger language plpgsql as $$ begin raise exception 'fenced'; end $$; "
      "create trigger fenced before insert on cart_events for each statement execute function fenced()");
  CHECK_THROWS_AS(shop.replay(), Error);
  CHECK(shop.value("select count(*) from mykartctl.dead_letter") == "0");
  CHECK(shop.value("select sum(next_offset - start_offset) from mykartctl.replay_offset") == "0");
  shop.database.run("drop trigger fenced on cart_events");
  CHECK(sum(shop.replay()).inserted == 10);
}

TEST_CASE("too many dead letters stop the replay: nothing of the last batch is kept, and its letters can be looked at") {
  ReplayShop shop;
  auto mixed = events(100);
  for (int i = 0; i < 5; ++i) mixed.push_back({.key = "k", .value = "poison"});
  mixed.push_back({.key = "k", .value = event(1001, 1)});  // no such product
  oracle::produce(shop.topic.name(), mixed);
  try {
    shop.replay({.run = 1, .max_dead = 5});
    FAIL("more than allowed");
  } catch (const Error& e) {
    CHECK_THAT(e.what(), Catch::Contains("6 events"));
    CHECK_THAT(e.text().cause, Catch::StartsWith("5 bad_json, 1 fk_missing; bad_json at partition "));
    CHECK_THAT(e.text().hint, Catch::Contains("--max-dead-letters 12"));
  }
  CHECK(shop.value("select count(*) from cart_events") == "0");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where state = 'over_limit' and value in ('poison', '" + event(1001, 1) +
                   "')") == "6");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where state = 'open'") == "0");
  CHECK(sum(shop.replay({.run = 1, .max_dead = 6})).dead == 6);
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where state <> 'open'") == "0");
  CHECK(shop.parity().balanced);
  oracle::produce(shop.topic.name(), {{.key = "k", .value = "poison"}});
  CHECK_THROWS_AS(shop.replay({.run = 2, .max_dead = 6}), Error);
}

TEST_CASE("the application may insert meanwhile: ids come from the same sequence") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(30'000));
  std::atomic<bool> stop{false};
  std::thread application{[&] {
    pqxx::connection connection{shop.database.url()};
    while (!stop) pqxx::nontransaction{connection}.exec(shop::insert_events(3));
  }};
  const auto ledger = sum(shop.replay());
  stop = true;
  application.join();
  CHECK(ledger.inserted == 30'000);
  CHECK(shop.value("select count(*) from cart_events where event_timestamp = '2024-06-01 00:00:00.25'") == "30000");
  shop.database.run(shop::insert_events(1));
}

TEST_CASE("a second runner gets nothing in: one of two wins each batch") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(5000));
  std::atomic<int> busy{0};
  const auto run = [&] {
    try {
      Quiet quiet;
      transfer::Replay{shop.postgres, shop.kafka, shop.table, {.run = 1, .rate = 20'000}, quiet}.run(Shop::soon());
    } catch (const Error& e) {
      CHECK(e.code() == Code::busy);
      ++busy;
    }
  };
  std::thread first{run}, second{run};
  first.join();
  second.join();
  CHECK(busy <= 1);
  shop.replay();
  CHECK(shop.value("select count(*) from cart_events") == "5000");
  CHECK(shop.parity().balanced);
}

TEST_CASE("what retention has removed is refused with the gap, unless it is accepted") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(300));
  shop.replay();
  oracle::produce(shop.topic.name(), events(300));
  const auto next = std::stoll(shop.value("select next_offset from mykartctl.replay_offset where partition = 1"));
  oracle::cut(shop.topic.name(), 1, next + 10);
  CHECK_THROWS_WITH(shop.replay(), Catch::Contains("lost at most 10 events"));
  CHECK_THROWS_AS(shop.replay({.run = 1, .accept_loss = 9}), Error);
  CHECK(sum(shop.replay({.run = 1, .accept_loss = 10})).inserted == 290);
  CHECK(shop.parity().balanced);
}

TEST_CASE("forward again publishes no replayed row, and a second rollback inserts nothing twice") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(500));
  shop.move();
  oracle::produce(shop.topic.name(), events(200));
  CHECK(sum(shop.replay()).inserted == 200);
  shop.database.run(shop::insert_events(300));  // the shop is back on the table
  CHECK(shop.reconcile().waiting == 300);
  CHECK(shop.move().rows == 300);
  CHECK(shop.reconcile().equal());
  CHECK(oracle::read(shop.topic.name()).size() == 1000);
  CHECK(shop.verdict("select cart_event_id from cart_events where cart_event_id not in (select id from mykartctl.replayed where table_name "
                     "= 'public.cart_events')") == "");
  oracle::produce(shop.topic.name(), events(50));
  const auto second = sum(shop.replay({.run = 2}));
  CHECK(second.delivered == 350);
  CHECK(second.from_table == 300);
  CHECK(second.inserted == 50);
  CHECK(shop.value("select count(*) from cart_events") == "1050");
  CHECK(shop.move().rows == 0);
  CHECK(shop.reconcile().equal());
  CHECK(shop.parity().balanced);
}

TEST_CASE("instants become local times of the declared zone, and unknown members a jsonb column") {
  ReplayShop shop;
  shop.database.run("alter table cart_events add extra jsonb");
  shop.table.extra_fields = EventTable::Extra::jsonb;
  shop.table.time_zone = "Europe/Berlin";
  oracle::produce(shop.topic.name(), {{.key = "product-1", .value = event(1, 1, R"(,"color":"rød")")}});
  CHECK(sum(shop.replay()).inserted == 1);
  CHECK(shop.value("select event_timestamp from cart_events") == "2024-06-01 02:00:00.25");
  CHECK(shop.value("select extra->>'color' from cart_events") == "rød");
  CHECK(shop.value("select extra->>'ip' from cart_events") == "::1");
}

TEST_CASE("a replay makes room when PostgreSQL answers slowly, and goes on") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(4000));
  transfer::Ledger ledger;
  std::jthread replay{[&] { ledger = sum(shop.replay({.run = 1, .rate = 500})); }};
  const auto looked = [&](const std::string& other_than) {  // by the session that asks how PostgreSQL does
    const auto sql =
        "select pid from pg_stat_activity where datname = current_database() and state = 'idle' and query like '%order by%desc limit 1%' "
        "and pid <> " +
        other_than;
    std::string pid;
    for (const auto until = Shop::soon(); pid.empty() && !until.over(); pid = shop.value(sql))
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return pid;
  };
  const auto pid = looked("0");
  REQUIRE_FALSE(pid.empty());
  {
    const Frozen slow{std::stoi(pid)};
    CHECK_FALSE(looked(pid).empty());  // it does not wait for an answer that does not come
  }
  replay.join();
  CHECK(ledger.inserted == 4000);
  CHECK(shop.noted("public.cart_events: makes room, postgres answers in "));
}
