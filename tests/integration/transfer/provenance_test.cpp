#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "replay_shop.hpp"

using namespace ctl;

namespace {

/// Copies of what the mover has sent of the row with this id.
oracle::Record event_of(const ReplayShop& shop, std::int64_t id) {
  for (auto& record : oracle::read(shop.topic.name()))
    if (oracle::id_of(record, "cart_events") == id) return record;
  throw std::runtime_error{"no such event"};
}

}  // namespace

TEST_CASE("an event that says it is a row of the table is believed when that row would become this event, else it is a dead letter") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(100));
  shop.move();
  const auto true_copy = event_of(shop, 5);
  const auto with = [&](auto change) {
    auto record = true_copy;
    change(record);
    return record;
  };
  oracle::produce(shop.topic.name(), {true_copy,
                                      true_copy,
                                      with([](auto& r) { r.key = "product-77"; }),
                                      with([](auto& r) { r.key.reset(); }),
                                      with([](auto& r) { r.time_ms += 1; }),
                                      with([](auto& r) { r.value->replace(r.value->find("\"quantity\":"), 12, "\"quantity\":9"); }),
                                      with([](auto& r) { r.value->replace(r.value->rfind("5\"}"), 3, "77777\"}"); }),
                                      with([](auto& r) { r.value->insert(1, "\"more\":1,"); }),
                                      {.key = "product-1", .value = event(1, 1, R"(,"event_id":"app-1")")}});
  const auto ledger = sum(shop.replay());
  CHECK(ledger.delivered == 109);
  CHECK(ledger.from_table == 102);
  CHECK(ledger.inserted == 1);
  CHECK(ledger.dead == 6);
  CHECK(shop.value("select string_agg(distinct reason, ',') from mykartctl.dead_letter") == "not_the_row");
  CHECK(shop.value("select count(*) from mykartctl.dead_letter where detail like '%row 77777 of public.cart_events, which is not there'") ==
        "1");
  CHECK(shop.value("select string_agg(detail, '; ' order by detail) from (select distinct substr(detail, 55) as detail from "
                   "mykartctl.dead_letter where detail like '%row 5 %') x") == "has another content; has another key; has another time");
  CHECK(shop.value("select count(*) from cart_events") == "101");
  CHECK(shop.parity().balanced);
  CHECK(shop.parity().from_table == 102);
  CHECK(shop.parity().dead == 6);
}

TEST_CASE("the table's own events that were proved are not looked up again, those of another topic or behind the proof are") {
  ReplayShop shop;
  shop.database.run(shop::insert_events(30));
  shop.move();
  transfer::ProvedTopic proved;
  for (const auto& record : oracle::read(shop.topic.name())) proved.ends[record.partition] = record.offset + 2;  // with the marker
  const auto forged = event_of(shop, 7);
  shop.database.run("delete from cart_events where cart_event_id = 7");  // the shop is back on its table, and cleans up
  oracle::produce(shop.topic.name(), {forged});
  Quiet quiet;
  kafka::Cluster cluster{shop.kafka, quiet};
  const std::vector<std::string> topics{shop.topic.name()};
  proved.topic_id = *cluster.topic_ids(topics, Shop::soon()).at(shop.topic.name());
  const auto ledger = sum(shop.replay({.run = 1, .proved = proved}));
  CHECK(ledger.from_table == 30);
  CHECK(ledger.dead == 1);  // the second one, of a row that is gone
  CHECK(shop.parity().balanced);
}
