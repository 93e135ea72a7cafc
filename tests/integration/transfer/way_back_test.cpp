// What a table does with the rows that a replay brings, and what it has no room for.
#include <atomic>
#include <catch2/catch.hpp>
#include <pqxx/pqxx>
#include <thread>

#include "core/error.hpp"
#include "replay_shop.hpp"

using namespace ctl;

TEST_CASE("a sequence that lags behind the ids of its table is brought to them before the first row") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(1000) + "; select setval('cart_events_cart_event_id_seq', 950)");
  oracle::produce(shop.topic.name(), events(60));
  const auto ledger = sum(shop.replay());
  CHECK(ledger.inserted == 60);
  CHECK(ledger.dead == 0);
  CHECK(shop.value("select min(id) || ' ' || max(id) from mykartctl.replayed") == "1001 1060");
  CHECK(shop.noted("public.cart_events: public.cart_events_cart_event_id_seq was at 950, behind the highest id 1000"));
  shop.database.run(shop::insert_events(1));  // the shop gets a free id as well
}

TEST_CASE("an id that somebody takes in front of the sequence while events are replayed is no event's fault") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(6000));
  std::thread other{[&] {
    pqxx::connection connection{shop.database.url()};
    pqxx::nontransaction work{connection};
    while (work.exec1("select count(*) from mykartctl.replayed")[0].as<int>() == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    work.exec("insert into cart_events (cart_event_id, quantity, event_type) select 200 + max(cart_event_id), 1, 'given' from cart_events");
  }};
  const auto ledger = sum(shop.replay({.run = 1, .rate = 2000}));
  other.join();
  CHECK(ledger.inserted == 6000);
  CHECK(ledger.dead == 0);
  CHECK(shop.value("select count(*) from cart_events where event_type = 'given'") == "1");
  CHECK(shop.parity().balanced);
}

TEST_CASE("a table without ids for new rows is refused with the end of its sequence or of its column, and goes on when there is room") {
  ReplayShop shop;
  oracle::produce(shop.topic.name(), events(10));
  shop.database.run("select setval('cart_events_cart_event_id_seq', 2147483645)");  // serial
  CHECK_THROWS_WITH(shop.replay(), Catch::Contains("no ids left for 10 new rows: cart_event_id can be 2147483647 at most"));
  shop.database.run("alter sequence cart_events_cart_event_id_seq as bigint");  // but the column is an integer
  CHECK_THROWS_WITH(shop.replay(), Catch::Contains("no ids left for 10 new rows: cart_event_id can be 2147483647 at most"));
  CHECK(shop.value("select count(*) from mykartctl.dead_letter") == "0");
  shop.database.run("alter table cart_events alter column cart_event_id type bigint");
  CHECK(sum(shop.replay()).inserted == 10);
}

TEST_CASE("columns that the server computes get nothing from an event, and one that no event fills is refused before the first row") {
  ReplayShop shop;
  shop.database.run(
      "alter table cart_events add day date generated always as (event_timestamp::date) stored, add twice int not null generated always as "
      "(quantity * 2) stored, add no int generated always as identity (start 500)");
  for (const auto* name : {"day", "twice"}) shop.table.fields.push_back({name, name, {}});
  shop.database.run(shop::insert_events(10));
  shop.move();
  oracle::produce(shop.topic.name(), {{.key = "product-1", .value = event(1, 4, R"(,"day":"2024-06-01","twice":8)")},
                                      {.key = "product-1", .value = event(1, 5, R"(,"day":"never","twice":"x")")},
                                      {.key = "product-1", .value = event(1, 6)}});
  const auto ledger = sum(shop.replay());
  CHECK(ledger.from_table == 10);
  CHECK(ledger.inserted == 3);
  CHECK(shop.value("select string_agg(day || ' ' || twice, ', ' order by quantity) from cart_events where cart_event_id > 10") ==
        "2024-06-01 8, 2024-06-01 10, 2024-06-01 12");
  CHECK(shop.reconcile().equal());
  CHECK(shop.parity().balanced);

  shop.database.run("alter table cart_events add origin text not null default 'shop'; alter table cart_events alter origin drop default");
  oracle::produce(shop.topic.name(), events(5));
  CHECK_THROWS_WITH(shop.replay(), Catch::Contains("no event can be a row of public.cart_events: origin may not be NULL"));
  CHECK(shop.value("select count(*) from mykartctl.dead_letter") == "0");
}

TEST_CASE("a row that a trigger swallows or changes becomes a dead letter with the trigger's name, and one that makes it raise too") {
  ReplayShop shop;
  shop.database.run(
      "create table audit (id int); "
      "create function guard() returns trigger language plpgsql as $$ begin "
      "  if new.quantity = 2 then return null; end if; "
      "  if new.quantity = 3 then new.event_timestamp := now(); end if; "
      "  if new.quantity = 4 then raise exception 'no fours'; end if; "
      "  if new.quantity = 5 then raise exception 'no fives' using errcode = 'SH005'; end if; "
      "  if new.quantity = 6 then new.cart_event_id := 1000000 + new.cart_event_id; end if; "
      "  return new; end $$; "
      "create function note() returns trigger language plpgsql as $$ begin insert into audit values (new.cart_event_id); return new; end "
      "$$; "
      "create trigger guard before insert on cart_events for each row execute function guard(); "
      "create trigger note after insert on cart_events for each row execute function note(); "
      "create rule nothing as on insert to cart_events do instead nothing");  // COPY goes past it
  auto mixed = events(900);
  for (auto& record : mixed) record.value->replace(record.value->find("\"event_type\""), 0, "\"unknown\":[1,{}],");
  oracle::produce(shop.topic.name(), mixed);  // a hundred of each quantity from 1 to 9
  const auto ledger = sum(shop.replay());
  CHECK(ledger.inserted == 400);
  CHECK(ledger.dead == 500);
  CHECK(shop.value("select string_agg(concat_ws(' ', reason, sqlstate, column_name, n), ', ' order by reason, n, sqlstate) from (select "
                   "reason, sqlstate, column_name, count(*) n from mykartctl.dead_letter group by 1, 2, 3) x") ==
        "server P0001 100, server SH005 100, trigger event_timestamp 100, trigger 200");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where detail like '%no fours%'") == "100");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where detail = 'swallowed by a trigger of the table (guard, note)'") ==
        "200");
  CHECK(shop.value("select count(*) from cart_events where event_timestamp = '2024-06-01 00:00:00.25'") == "400");
  CHECK(shop.value("select count(*) from cart_events") == "400");
  CHECK(shop.value("select count(*) from audit") == "400");
  CHECK(shop.parity().balanced);
  CHECK(shop.parity().dead == 500);
}

TEST_CASE("what was removed before the first replay is refused with the gap by partition, unless it is accepted or was gone before") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(30));
  shop.move();
  oracle::produce(shop.topic.name(), events(300));
  oracle::cut(shop.topic.name(), 1, 50);
  oracle::cut(shop.topic.name(), 2, 7);
  try {
    shop.replay();
    FAIL("57 offsets are gone");
  } catch (const Error& e) {
    CHECK(e.code() == Code::refused);
    CHECK_THAT(e.what(), Catch::Contains("lost at most 57 events"));
    CHECK_THAT(e.text().cause, Catch::Contains("partition 1 offsets 0 to 49, partition 2 offsets 0 to 6"));
    CHECK_THAT(e.text().hint, Catch::Contains("--accept-loss 57"));
  }
  CHECK(shop.value("select count(*) from mykartctl.replay_offset") == "0");
  CHECK_THROWS_AS(shop.replay({.run = 1, .proved = {.firsts = {{1, 50}, {2, 6}}}}), Error);
  CHECK(sum(shop.replay({.run = 1, .proved = {.firsts = {{1, 50}, {2, 7}}}})).inserted > 0);
  CHECK(sum(shop.replay()).delivered == 0);
  CHECK(shop.parity().balanced);
}

TEST_CASE("a topic that was made anew is refused by its id or its end, and once that is accepted its events are replayed from the start") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(10));
  oracle::produce(shop.topic.name(), events(20));
  CHECK(sum(shop.replay()).inserted == 20);
  oracle::remove_topic(shop.topic.name());
  oracle::create_topic(shop.topic.name(), 3);
  oracle::produce(shop.topic.name(), events(300));  // more than there were
  CHECK_THROWS_WITH(shop.replay(), Catch::Contains("was made anew: it was replayed with the id "));
  CHECK(shop.value("select count(*) from cart_events") == "30");
  CHECK(sum(shop.replay({.run = 2, .accept_loss = 1})).inserted == 300);
  CHECK(sum(shop.replay()).delivered == 0);
  CHECK(shop.parity().balanced);
  CHECK(shop.parity().rows == 300);
  CHECK(shop.reconcile().waiting == 30);  // the rows of the old topic's events are in no topic now

  // Without ids: a journal that does not know them, and a topic that ends below what was replayed.
  shop.database.run("update mykartctl.replay_offset set topic_id = null, next_offset = 100000 where partition = 2");
  shop.database.run("update mykartctl.replay_offset set topic_id = null");
  CHECK_THROWS_WITH(shop.replay(), Catch::Contains("was made anew: partition 2 was replayed up to offset 100000"));
}

TEST_CASE("times in an hour that the declared zone has twice are said when they are folded") {
  ReplayShop shop;
  shop.table.time_zone = "Europe/Berlin";
  const auto at = [](const std::string& time) {
    auto value = event(1, 1);
    return oracle::Record{.key = "product-1", .value = value.replace(value.find("2024-06-01T00:00:00.250Z"), 24, time)};
  };
  oracle::produce(shop.topic.name(), {at("2024-10-27T00:30:00.000Z"), at("2024-10-27T01:30:00.000Z"), at("2024-10-27T02:30:00.000Z")});
  CHECK(sum(shop.replay()).inserted == 3);
  CHECK(shop.value("select string_agg(event_timestamp::text, ', ' order by cart_event_id) from cart_events") ==
        "2024-10-27 02:30:00, 2024-10-27 02:30:00, 2024-10-27 03:30:00");
  CHECK(shop.noted(shop.topic.name() + ": 1 times (the first at partition "));
  CHECK(shop.parity().balanced);
}
