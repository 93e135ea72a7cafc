#include <catch2/catch.hpp>
#include <set>

#include "tampered.hpp"

using namespace ctl;
using What = transfer::Difference::What;

namespace {

struct Part : Tampered {
  Part() : Tampered{20'000} {}
  transfer::Parity sample(std::int64_t rows, const transfer::ReconcileOptions& options = {}) {
    auto session = shop.session();
    return transfer::reconcile_sample(session, shop.kafka, shop.table, rows, options, shop.quiet, Shop::soon());
  }
  std::int64_t first_since(const std::string& instant) {
    auto session = shop.session();
    return transfer::first_id_since(session, shop.table, *parse_instant(instant), Shop::soon()).value_or(-1);
  }
};

}  // namespace

TEST_CASE("from an id on only later rows and events are compared, and only the later part of the topic is read") {
  Part t;
  t.lose(9'000);
  t.lose(15'000);
  oracle::Record application{.time_ms = t.event(1).time_ms, .key = "product-1", .value = "{}"};
  t.events.insert(t.events.begin(), application);
  t.write();
  const auto late = t.shop.reconcile({.from_id = 10'000});
  CHECK(late.rows == 10'001);
  CHECK(late.in_topic == 10'000);
  CHECK(late.missing == 1);
  CHECK(late.application == 0);  // it lies before
  REQUIRE(late.differences.size() == 1);
  CHECK(late.differences[0].id == 15'000);
  const auto whole = t.shop.reconcile({.from_id = 10'000, .whole_topic = true});
  CHECK(whole.missing == 1);
  CHECK(whole.application == 1);
  CHECK(t.shop.reconcile({.from_id = 15'001}).equal());
  CHECK(t.shop.reconcile({.from_id = 20'001}).rows == 0);
  CHECK(t.shop.reconcile({.from_id = -5}).missing == 2);
}

TEST_CASE("where times do not lead to the events the whole topic is read") {
  Part t;
  t.write();
  oracle::produce(t.shop.topic.name(), {{.key = "product-1", .value = "{}"}});
  t.shop.database.run("update cart_events set event_timestamp = null where cart_event_id = 20000");
  const auto parity = t.shop.reconcile({.from_id = 19'000});
  CHECK(parity.in_topic == 1001);
  CHECK(parity.altered == 1);  // its event has the time that was taken away
  CHECK(parity.differences.at(0).id == 20'000);
}

TEST_CASE("an instant is the first id whose row is not older, in the declared zone") {
  Part t;
  CHECK(t.first_since("2024-01-01T00:00:10.123Z") == 10);
  CHECK(t.first_since("2024-01-01T00:00:10.124Z") == 11);
  CHECK(t.first_since("2023-01-01T00:00:00Z") == 1);
  CHECK(t.first_since("2025-01-01T00:00:00Z") == 20'001);
  t.shop.table.time_zone = "+02:00";  // the column's 02:00:10 is 00:00:10 UTC
  CHECK(t.first_since("2024-01-01T00:00:10.123Z") == 7210);
  t.shop.table.time_zone = "Europe/Berlin";
  CHECK(t.first_since("2024-01-01T00:00:10.123Z") == 3610);
  t.shop.database.run("delete from cart_events");
  CHECK(t.first_since("2024-01-01T00:00:10.123Z") == -1);
}

TEST_CASE("a sample looks up as many rows as it is told and finds what is wrong with these") {
  Part t;
  t.lose(7);
  t.event(8).partition = (t.event(8).partition + 1) % 3;
  t.event(9).value->replace(t.event(9).value->find("\"ip\":null"), 9, "\"ip\":\"?\"");
  t.events.push_back(t.event(10));
  std::swap(t.event(5), t.event(105));  // of one key
  t.write();
  const auto good = t.sample(15, {.from_id = 106});
  CHECK(good.rows == 15);
  CHECK(good.in_topic == 15);
  CHECK(good.equal());
  const auto all = t.sample(100'000);
  CHECK(all.rows == 20'000);
  CHECK(all.missing == 1);
  CHECK(all.misplaced == 2);
  CHECK(all.altered == 1);
  CHECK(all.duplicate == 1);
  std::set<std::pair<What, std::int64_t>> named;
  for (const auto& d : all.differences) named.emplace(d.what, d.id);
  CHECK(named == std::set<std::pair<What, std::int64_t>>{
                     {What::missing, 7}, {What::misplaced, 5}, {What::misplaced, 8}, {What::altered, 9}, {What::duplicate, 10}});
  t.shop.database.run(shop::insert_events(100));  // not moved yet
  CHECK(t.sample(100'000).rows == 20'000);
}
