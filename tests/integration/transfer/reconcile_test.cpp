#include <algorithm>
#include <catch2/catch.hpp>

#include "tampered.hpp"

using namespace ctl;
using What = transfer::Difference::What;

namespace {

std::uint64_t differences(const transfer::Parity& p) { return p.missing + p.duplicate + p.altered + p.misplaced + p.extra; }

/// The record that a difference names, read back.
std::string value_at(const Shop& shop, const transfer::Difference& d) {
  for (const auto& record : oracle::read(shop.topic.name()))
    if (d.at && record.partition == d.at->first && record.offset == d.at->second) return *record.value;
  return "";
}

}  // namespace

TEST_CASE("one record dropped, doubled, altered and misplaced among 100,000 is each named by id, partition and offset") {
  Tampered t;
  const auto& alike = t.event(777);
  const auto altered_at = alike.partition;
  auto& altered = *t.event(40'000).value;
  altered.replace(altered.find("\"quantity\":1"), 12, "\"quantity\":2");
  t.event(50'001).partition = (t.event(50'001).partition + 1) % 3;
  t.events.push_back(alike);
  t.lose(30'000);
  const auto parity = t.reconcile();
  CHECK(parity.rows == 100'000);
  CHECK(parity.in_topic == 100'000);
  CHECK(parity.application == 0);
  CHECK(parity.missing == 1);
  CHECK(parity.duplicate == 1);
  CHECK(parity.altered == 1);
  CHECK(parity.misplaced == 1);
  CHECK(parity.extra == 0);
  REQUIRE(parity.differences.size() == 4);
  for (const auto& d : parity.differences) {
    INFO(to_string(d.what));
    if (d.what == What::missing) CHECK(d.id == 30'000);
    if (d.what == What::duplicate) CHECK(d.id == 777);
    if (d.what == What::duplicate) CHECK(d.at->first == altered_at);
    if (d.what == What::altered) CHECK(d.id == 40'000);
    if (d.what == What::misplaced) CHECK(d.id == 50'001);
    if (d.what != What::missing) CHECK(value_at(t.shop, d).find("pg:cart_events:" + std::to_string(d.id) + "\"") != std::string::npos);
  }
}

TEST_CASE("a changed key, swapped events of one key and an event without a row are found") {
  Tampered t;
  t.event(11).key = "product-999999";
  std::swap(t.event(2000), t.event(2100));  // both of product 1
  t.events.push_back(t.event(5));
  t.events.back().value->replace(t.events.back().value->find("pg:cart_events:5"), 16, "pg:cart_events:100001");
  const auto parity = t.reconcile();
  CHECK(parity.altered == 1);
  CHECK(parity.extra == 1);
  CHECK(parity.missing == 0);
  CHECK(parity.misplaced >= 1);
  const auto named = [&](What what, std::int64_t id) {
    return std::any_of(parity.differences.begin(), parity.differences.end(),
                       [&](const transfer::Difference& d) { return d.what == what && d.id == id; });
  };
  CHECK(named(What::altered, 11));
  CHECK(named(What::extra, 100'001));
  CHECK(named(What::misplaced, 2000));
}

TEST_CASE("events in another order than their ids are fine as long as each key keeps its own") {
  Tampered t;
  std::stable_sort(t.events.begin(), t.events.end(), [](const oracle::Record& a, const oracle::Record& b) { return a.key < b.key; });
  CHECK(differences(t.reconcile()) == 0);
}

TEST_CASE("when every event is altered, each is counted and the first hundred are named") {
  Tampered t;
  for (auto& event : t.events) event.value->replace(event.value->find("\"ip\":null"), 9, "\"ip\":\"?\"");
  const auto parity = t.reconcile();
  CHECK(parity.altered == 100'000);
  CHECK(parity.differences.size() == 100);
}

TEST_CASE("parity is equal whatever the application wrote beside it, and the digest is that of the ids") {
  Shop shop;
  shop.database.run(shop::insert_events(1000));
  shop.move();
  const auto before = shop.reconcile();
  CHECK(before.equal());
  CHECK(before.rows == 1000);
  CHECK(before.in_topic == 1000);
  oracle::produce(shop.topic.name(),
                  {{.key = "product-1", .value = R"({"product_id":1,"quantity":1,"event_type":"added","event_id":"own-1"})"},
                   {.key = "product-1", .value = R"({"event_type":"\"event_id\":\"pg:cart_events:7\"}"})"},
                   {.key = "x", .value = "no json"},
                   {.key = "x"}});
  const auto after = shop.reconcile();
  CHECK(after.equal());
  CHECK(after.application == 4);
  CHECK(after.digest == before.digest);
  shop.database.run("update cart_events set quantity = quantity + 1 where cart_event_id = 500");
  const auto changed = shop.reconcile();
  CHECK(changed.altered == 1);
  CHECK(changed.differences.at(0).id == 500);
  CHECK(changed.digest == before.digest);
  shop.database.run("delete from cart_events where cart_event_id = 500");
  const auto fewer = shop.reconcile();
  CHECK(fewer.digest != before.digest);
  CHECK(fewer.digest == shop.reconcile().digest);
}

TEST_CASE("an event with another time than its row is altered") {
  Tampered t{2000};
  t.event(1234).time_ms += 1;
  const auto parity = t.reconcile();
  CHECK(parity.altered == 1);
  REQUIRE(parity.differences.size() == 1);
  CHECK(parity.differences[0].id == 1234);
}

TEST_CASE("an event of a row without a time may have any") {
  Shop shop;
  shop.database.run(shop::insert_events(100) + "; update cart_events set event_timestamp = null where cart_event_id = 50");
  shop.move();
  CHECK(shop.reconcile().equal());
}

TEST_CASE("of all differences each is told, though only a hundred are kept") {
  Tampered t{2000};
  for (int id = 501; id <= 1000; ++id) t.lose(id);
  std::vector<std::int64_t> told;
  t.write();
  const auto parity = t.shop.reconcile({.each = [&](const transfer::Difference& d) { told.push_back(d.id); }});
  CHECK(parity.missing == 500);
  CHECK(parity.differences.size() == 100);
  CHECK(parity.holes.size() == 500);
  REQUIRE(told.size() == 500);
  CHECK(told.front() == 501);
  CHECK(told.back() == 1000);
}

TEST_CASE("rows that the mover has not come to yet are no holes, and no proof either") {
  Shop shop;
  shop.database.run(shop::insert_events(100));
  CHECK(shop.reconcile().waiting == 100);
  shop.move();
  shop.database.run(shop::insert_events(10) + "; delete from cart_events where cart_event_id = 105");
  const auto parity = shop.reconcile();
  CHECK(parity.moved_to == 100);
  CHECK(parity.waiting == 9);
  CHECK_FALSE(parity.differs());
  CHECK_FALSE(parity.equal());
  shop.move();
  CHECK(shop.reconcile().equal());
}

TEST_CASE("a row that appears below what was moved is missing by name") {
  Shop shop;
  shop.database.run(shop::insert_events(100) + "; delete from cart_events where cart_event_id = 50");
  shop.move();
  CHECK(shop.reconcile().equal());
  shop.database.run("insert into cart_events values (50, 1, 1, 'reserved', now())");
  const auto parity = shop.reconcile();
  CHECK(parity.missing == 1);
  CHECK(parity.differences.at(0).id == 50);
}
