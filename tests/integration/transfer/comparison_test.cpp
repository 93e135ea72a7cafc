#include <algorithm>
#include <catch2/catch.hpp>

#include "support/journal_tables.hpp"
#include "tampered.hpp"
#include "transfer/repaired.hpp"

using namespace ctl;
using What = transfer::Difference::What;

namespace {

bool named(const transfer::Parity& parity, What what, std::int64_t id) {
  return std::any_of(parity.differences.begin(), parity.differences.end(),
                     [&](const transfer::Difference& d) { return d.what == what && d.id == id; });
}

/// Says in the checkpoint topic, as a repair does, that it has brought these events.
void claim(Shop& shop, const std::string& repair, const std::string& topic_id, std::vector<std::int64_t> ids) {
  transfer::RepairNote note{.repair = repair, .topic_id = topic_id, .from = {{0, 0}, {1, 0}, {2, 0}}, .ids = {}};
  for (const auto id : ids) note.ids.add(id);
  auto session = shop.session();
  const auto identity = transfer::identity(session, shop.table, Shop::soon()).transaction;
  oracle::transact(std::string{transfer::checkpoint_topic},
                   {{.time_ms = 1, .key = transfer::key_of(note, identity), .value = transfer::to_bytes(note)}}, true);
}

std::string topic_id(Shop& shop) {
  kafka::Cluster cluster{shop.kafka, shop.quiet};
  return transfer::topic_id_of(cluster, shop.topic.name(), Shop::soon());
}

}  // namespace

// Both values have the same 64 bits by the sum without a key that comparisons once made of id 1, time 1704067201123, key product-2 and
// value.
TEST_CASE("an event that was made to look like its row for a sum that anybody can compute is altered") {
  Shop shop;
  shop.database.run(shop::insert_events(1) + "; update cart_events set event_type = repeat('a', 40)");
  const auto event = [](const std::string& type) {
    return oracle::Record{
        .time_ms = 1'704'067'201'123,
        .key = "product-2",
        .value = R"({"product_id":2,"quantity":2,"event_type":")" + type +
                 R"(","event_timestamp":"2024-01-01T00:00:01.123Z","user_agent":null,"ip":null,"event_id":"pg:cart_events:1"})"};
  };
  SECTION("the true one") {
    oracle::produce(shop.topic.name(), {event(std::string(40, 'a'))});
    CHECK(shop.reconcile().equal());
  }
  SECTION("the other one") {
    oracle::produce(shop.topic.name(), {event("aaaaaiqjenimx=wvT&kltaaaaaaaaaaaaaaaaaaa")});
    CHECK(shop.reconcile().altered == 1);
  }
}

TEST_CASE("an event without a key is not one with an empty key") {
  Shop shop;
  shop.table.key_template = "{event_type}";
  shop.database.run(shop::insert_events(2) + "; update cart_events set event_type = ''");
  shop.move();
  CHECK(shop.reconcile().equal());
  auto events = oracle::read(shop.topic.name());
  REQUIRE(events.size() == 2);
  REQUIRE(events[0].key == "");
  events[0].key.reset();
  oracle::remove_topic(shop.topic.name());
  std::this_thread::sleep_for(std::chrono::seconds{1});
  oracle::create_topic(shop.topic.name(), 3);
  oracle::produce(shop.topic.name(), events);
  const auto parity = shop.reconcile();
  CHECK(parity.altered == 1);
  CHECK(parity.misplaced == 0);
}

TEST_CASE("the header of a repair excuses nothing that no repair has committed") {
  Tampered t{3000};
  std::swap(t.event(2000), t.event(2100));  // both of product 1
  for (const auto id : {2000, 2100}) t.event(id).headers = {{std::string{transfer::repair_header}, "2026-01-01T00:00:00.000Z"}};
  t.write();
  const auto forged = t.shop.reconcile();
  CHECK(forged.misplaced == 1);
  CHECK(forged.repaired == 0);
  CHECK(named(forged, What::misplaced, 2000));

  // What a repair has committed for a topic that is gone says nothing of this one.
  claim(t.shop, "2026-01-01T00:00:00.000Z", "another topic", {2000, 2100});
  CHECK(t.shop.reconcile().misplaced == 1);

  // Of one repair the ids ascend in each key; two repairs know nothing of each other.
  claim(t.shop, "2026-01-01T00:00:00.001Z", topic_id(t.shop), {2000, 2100});
  const auto together = t.shop.reconcile();
  CHECK(together.misplaced == 1);
  CHECK(together.repaired == 2);
  CHECK(named(together, What::misplaced, 2000));
}

TEST_CASE("what a repair has committed is in order, whatever its headers say") {
  Tampered t{3000};
  const auto late = t.event(2000);
  t.lose(2000);
  t.events.push_back(late);
  t.write();
  CHECK(t.shop.reconcile().misplaced == 1);
  claim(t.shop, "2026-01-01T00:00:00.000Z", topic_id(t.shop), {2000});
  const auto parity = t.shop.reconcile();
  CHECK(parity.equal());
  CHECK(parity.repaired == 1);
}

TEST_CASE("an event that a replay has made a row of is the application's, whatever it says of itself") {
  Shop shop;
  shop.database.run(shop::insert_events(100) + ";" + journal_tables());
  shop.move();
  auto copy = oracle::read(shop.topic.name()).at(0);
  copy.partition = -1;
  oracle::produce(shop.topic.name(), {copy});
  CHECK(shop.reconcile().duplicate == 1);
  const auto last = [&] {
    for (const auto& record : oracle::read(shop.topic.name()))
      if (record.value == copy.value) copy = record;
    return copy;
  }();
  shop.database.run("insert into mykartctl.replayed (table_name, id, topic, partition, kafka_offset) values ('cart_events', 101, '" +
                    shop.topic.name() + "', " + std::to_string(last.partition) + ", " + std::to_string(last.offset) +
                    "); insert into cart_events select 101, product_id, quantity, event_type, event_timestamp from cart_events limit 1");
  const auto parity = shop.reconcile();
  CHECK(parity.duplicate == 0);
  CHECK(parity.application == 1);
}

TEST_CASE("a second row with an id that is there has no event") {
  Shop shop;
  shop.database.run(shop::insert_events(100));
  shop.move();
  CHECK(shop.reconcile().equal());
  shop.database.run(
      "create table child () inherits (cart_events); insert into child select * from cart_events where cart_event_id in (3, 100)");
  const auto parity = shop.reconcile();
  CHECK(parity.missing == 2);
  CHECK_FALSE(parity.equal());
  CHECK(named(parity, What::missing, 3));
  CHECK(parity.holes.size() == 0);  // a repair tells rows by their ids
  auto session = shop.session();
  CHECK(transfer::reconcile_sample(session, shop.kafka, shop.table, 1000, {}, shop.quiet, Shop::soon()).missing == 2);
}

TEST_CASE("a second row with an id is seen also where the COPY of a part ends between the two") {
  constexpr int part = 500'000;
  Shop shop;
  shop.database.run(shop::insert_events(part) +
                    "; create table child () inherits (cart_events); insert into child select * from cart_events "
                    "where cart_event_id = " +
                    std::to_string(part));
  const auto parity = shop.reconcile();
  CHECK(parity.rows == part + 1);
  CHECK(parity.missing == 1);
  CHECK(parity.waiting == part);
}

TEST_CASE("rows of which the event does not carry all are counted") {
  Shop shop;
  shop.database.run(
      "alter table cart_events add x jsonb; alter table cart_events add at timestamptz; " + shop::insert_events(100) +
      "; update cart_events set event_timestamp = event_timestamp + interval '1 microsecond' where cart_event_id <= 7"
      "; update cart_events set at = '2024-01-01 00:00:00.000001+00' where cart_event_id between 7 and 9"
      "; update cart_events set x = 'null' where cart_event_id <= 3; update cart_events set x = '[null]' where cart_event_id = 50");
  shop.table.fields.push_back({"x", "x", {}});
  shop.table.fields.push_back({"at", "at", {}});
  SECTION("in milliseconds") {
    shop.move();
    const auto parity = shop.reconcile();
    CHECK(parity.equal());
    CHECK(parity.below_millisecond == 9);
    shop.database.run("update cart_events set x = null where cart_event_id <= 2");  // from JSON's null: the event tells the two apart
    CHECK(shop.reconcile().altered == 2);
    CHECK(shop.reconcile({.from_id = 5}).below_millisecond == 5);
  }
  SECTION("in microseconds") {
    shop.table.time_digits = 6;
    shop.move();
    CHECK(shop.reconcile().below_millisecond == 0);
  }
  SECTION("in microseconds, but the time is no member") {
    shop.table.time_digits = 6;
    std::erase_if(shop.table.fields, [](const auto& field) { return field.column == "event_timestamp"; });
    shop.move();
    CHECK(shop.reconcile().below_millisecond == 7);
  }
}
