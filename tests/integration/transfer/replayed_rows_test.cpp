#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "replay_shop.hpp"
#include "sql/queries.hpp"

using namespace ctl;

TEST_CASE("a row that a replay has written is left out while it is that row: a changed one is named, and so is a used id") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(20));
  shop.move();
  oracle::produce(shop.topic.name(), events(10));
  CHECK(sum(shop.replay()).inserted == 10);  // ids 21 to 30
  CHECK(shop.reconcile().equal());

  shop.database.run("update cart_events set quantity = 77 where cart_event_id = 25");
  const auto parity = shop.reconcile();
  CHECK(parity.altered == 1);
  REQUIRE(parity.differences.size() == 1);
  CHECK(parity.differences[0].id == 25);
  CHECK_THROWS_WITH(shop.move(), Catch::Contains("1 row is not what a replay wrote under the same id (ids 25 to 25)"));
  shop.database.run("update cart_events set quantity = 1 + 4 % 9 where cart_event_id = 25");

  shop.database.run("delete from cart_events where cart_event_id > 22; select setval('cart_events_cart_event_id_seq', 22); " +
                    shop::insert_events(5));
  CHECK(shop.reconcile().altered == 5);
  CHECK_FALSE(shop.reconcile().equal());
  try {
    shop.move();
    FAIL("ids used again");
  } catch (const Error& e) {
    CHECK(e.code() == Code::refused);
    CHECK_THAT(e.what(), Catch::Contains("5 rows are not what a replay wrote under the same id (ids 23 to 27)"));
    const auto& hint = e.text().hint;  // what it says to type
    const auto begin = hint.find("psql -c \"") + 9;
    shop.database.run(hint.substr(begin, hint.rfind('"') - begin));
  }
  CHECK(shop.move().rows == 5);
  CHECK(shop.reconcile().equal());
  CHECK(shop.value("select count(*) from mykartctl.replayed where id <= 22") == "2");
  CHECK(oracle::read(shop.topic.name()).size() == 35);

  // The sequence gives ids again that were those of replayed rows.
  shop.database.run("delete from cart_events where cart_event_id > 20; select setval('cart_events_cart_event_id_seq', 20)");
  oracle::produce(shop.topic.name(), events(6));
  CHECK(sum(shop.replay({.run = 2})).inserted == 6);
  CHECK(shop.value("select count(*) from mykartctl.replayed r join cart_events on cart_event_id = id where kafka_offset is not null") ==
        "6");
}

TEST_CASE("a table whose columns have the names of the journal's is replayed and moved as any other") {
  ReplayShop shop;
  shop.database.run(
      "create table t (id bigserial primary key, topic text, partition int, content text, table_name text, at timestamp); create function "
      "nothing() returns trigger language plpgsql as 'begin return new; end'; create trigger nothing before insert on t for each row "
      "execute "
      "function nothing(); insert into t (topic) values ('a'), ('b')");
  shop.table.table = {"public", "t"};
  shop.table.id_column = "id";
  shop.table.time_column = "at";
  shop.table.key_template = "{topic}";
  shop.table.fields.clear();
  for (const auto* name : {"topic", "partition", "content", "table_name", "at"}) shop.table.fields.push_back({name, name, {}});
  shop.move();
  oracle::produce(shop.topic.name(), {{.key = "c", .value = R"({"topic":"c","partition":1,"content":"x","table_name":"y","at":null})"}});
  CHECK(sum(shop.replay()).inserted == 1);
  CHECK(shop.reconcile().equal());
  CHECK(shop.move().rows == 0);
  CHECK(shop.parity().balanced);
  shop.database.run("update t set content = 'z' where id = 3");
  CHECK(shop.reconcile().altered == 1);
  CHECK(shop.parity().changed == 1);
}

TEST_CASE("two tables of one name in two schemas, each with its topic, are replayed and moved without one hiding the other's rows") {
  ReplayShop shop;
  shop.database.run(
      "create schema eu; create table eu.cart_events (like public.cart_events including all); create sequence eu.ids owned by "
      "eu.cart_events.cart_event_id; alter table eu.cart_events alter cart_event_id set default nextval('eu.ids')");
  const sandbox::Topic other{"eu-cart-events", 3, "retention.ms=-1"};
  auto here = shop.table, there = shop.table;
  there.table = {"eu", "cart_events"};
  there.topic = other.name();
  const auto in = [&](const EventTable& table, auto&& work) {
    shop.table = table;
    return work();
  };
  oracle::produce(shop.topic.name(), events(5));
  oracle::produce(other.name(), events(7));
  CHECK(in(here, [&] { return sum(shop.replay()).inserted; }) == 5);
  CHECK(in(there, [&] { return sum(shop.replay()).inserted; }) == 7);
  CHECK(shop.value("select string_agg(table_name || ' ' || n, ', ' order by table_name) from (select table_name, count(*) n from "
                   "mykartctl.replayed group by 1) x") == "eu.cart_events 7, public.cart_events 5");
  shop.database.run(shop::insert_events(40));
  CHECK(in(here, [&] { return shop.move().rows; }) == 40);
  CHECK(in(here, [&] { return shop.reconcile().equal(); }));
  shop.database.run("insert into eu.cart_events (product_id, quantity, event_type) select 1, 1, 'x' from generate_series(1, 30)");
  CHECK(in(there, [&] { return shop.move().rows; }) == 30);
  CHECK(in(there, [&] { return shop.reconcile().equal(); }));
  CHECK(in(there, [&] { return shop.parity().balanced; }));
  // Retired, the table is still the one that was declared.
  shop.database.run("create schema old; alter table public.cart_events set schema old");
  here.declared_schema = "public";
  here.table.schema = "old";
  CHECK(in(here, [&] { return shop.reconcile().equal(); }));
}

TEST_CASE("a journal of the first version is upgraded with what it knows of replays, and rows stay hidden before and after") {
  ReplayShop shop;
  shop.database.run("drop schema mykartctl cascade; " + std::string{sql::journal_schema} + shop::insert_events(20));
  shop.move();
  oracle::produce(shop.topic.name(), events(3));
  const auto topic = shop.topic.name();
  std::string version_1 =
      "insert into mykartctl.run (command, context, who, host, pid, version) values ('rollback', 't', 'w', 'h', 1, '0'); ";
  for (const auto& record : oracle::read(topic))
    if (!oracle::id_of(record, "cart_events"))
      version_1 +=
          "with row as (insert into cart_events (product_id, quantity, event_type, event_timestamp) select (v->>'product_id')::int, "
          "(v->>'quantity')::int, v->>'event_type', '2024-06-01 00:00:00.25' from (select '" +
          *record.value +
          "'::jsonb as v) x returning cart_event_id) insert into mykartctl.replayed select 'cart_events', "
          "cart_event_id, '" +
          topic + "', " + std::to_string(record.partition) + ", " + std::to_string(record.offset) + " from row; ";
  const auto of = "'cart_events', '" + topic + "'";
  std::map<int, std::int64_t> next;
  for (const auto& record : oracle::read(topic)) next[record.partition] = record.offset + 1;
  for (const auto& [partition, offset] : next)
    version_1 +=
        "insert into mykartctl.replay_offset values (" + of + ", " + std::to_string(partition) + ", 0, " + std::to_string(offset) + "); ";
  version_1 += "insert into mykartctl.ledger values (1, " + of + ", 0, 23, 3, 20, 0, 0); ";
  version_1 +=
      "insert into mykartctl.dead_letter (run, table_name, topic, partition, kafka_offset, reason) values (1, 'clicks', 't', 0, 1, "
      "'server'), (1, 'lost', 'u', 0, 1, 'server'); create schema eu; create table eu.clicks (id int primary key); ";
  version_1 +=
      "insert into mykartctl.seal (table_name, direction, topic, digest, rows, events, ends, run) values ('shop.sealed', 'deploy', "
      "'v', '', 0, 0, '{}', 1); insert into mykartctl.replay_offset values ('sealed', 'v', 0, 0, 0); ";
  shop.database.run(version_1);
  CHECK(shop.reconcile().equal());  // a session that only looks meets the old journal

  shop.database.run("begin; " + std::string{sql::journal_upgrade_2} + "commit");
  CHECK(shop.value(
            "select string_agg(distinct table_name, ' ' order by table_name) from (select table_name from mykartctl.replay_offset union "
            "all select table_name from mykartctl.replayed union all select table_name from mykartctl.ledger) x") ==
        "public.cart_events shop.sealed");
  CHECK(shop.value("select string_agg(table_name, ' ' order by table_name) from mykartctl.dead_letter") == "eu.clicks public.lost");
  CHECK(shop.reconcile().equal());
  CHECK(shop.parity().rows == 3);
  CHECK(shop.parity().balanced);
  CHECK(shop.move().rows == 0);
  oracle::produce(topic, events(4));
  CHECK(sum(shop.replay({.run = 2})).inserted == 4);
  CHECK(shop.value("select count(*) from mykartctl.replay_offset where topic_id is null and topic = '" + topic + "'") == "0");
  CHECK(shop.parity().balanced);
}
