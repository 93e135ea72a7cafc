#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "shop_fixture.hpp"

using namespace ctl;

namespace {

/// Rows that had a number and were committed only after others above them had been moved: what no barrier can see.
struct Late {
  Shop shop{};
  std::uint64_t holes{};

  explicit Late(int rows = 20'000, const std::string& which = "cart_event_id % 7 = 0") {
    shop.database.run(shop::insert_events(rows) + "; create table late as select * from cart_events where " + which +
                      "; delete from cart_events where " + which);
    shop.move();
    shop.database.run("insert into cart_events select * from late");
    holes = static_cast<std::uint64_t>(std::stoll(shop.database.value("select count(*) from late")));
  }
  transfer::Repaired repair(const transfer::Parity& seen) {
    return transfer::repair(shop.postgres, shop.kafka, shop.table, seen, shop.quiet, Shop::soon());
  }
};

std::map<std::int64_t, std::vector<oracle::Record>> events_of(const Shop& shop) {
  std::map<std::int64_t, std::vector<oracle::Record>> events;
  for (auto& record : oracle::read(shop.topic.name()))
    if (const auto id = oracle::id_of(record, "cart_events")) events[*id].push_back(std::move(record));
  return events;
}

std::string header_of(const oracle::Record& record) {
  for (const auto& [name, value] : record.headers)
    if (name == transfer::repair_header) return value;
  return "";
}

}  // namespace

TEST_CASE("rows that are missing become the events that the mover would have made, marked as late, and nothing else changes") {
  Late late;
  const auto seen = late.shop.reconcile();
  CHECK(seen.missing == late.holes);
  const auto repaired = late.repair(seen);
  CHECK(repaired.rows == late.holes);
  CHECK(repaired.arrived == 0);
  const auto after = late.shop.reconcile();
  CHECK(after.equal());  // contents, times and partitions as of all others
  CHECK(after.repaired == late.holes);
  CHECK(after.in_topic == 20'000);
  const auto events = events_of(late.shop);
  CHECK(events.size() == 20'000);
  for (const auto& [id, records] : events) {
    REQUIRE(records.size() == 1);
    REQUIRE(parse_instant(header_of(records[0])).has_value() == (id % 7 == 0));
  }
  const auto ids = [](const transfer::Parity& parity) { return parity.ids.at(0).size() + parity.ids.at(3).size(); };
  CHECK(ids(seen) == late.holes);
  CHECK(ids(after) == 0);
  CHECK(late.repair(late.shop.reconcile()).rows == 0);
  late.shop.database.run(shop::insert_events(50));
  CHECK(late.shop.move().rows == 50);
  CHECK(late.shop.reconcile().equal());
}

TEST_CASE("what has come into the topic since it was compared is not sent again") {
  Late late{1000};
  const auto stale = late.shop.reconcile();
  CHECK(late.repair(stale).rows == late.holes);
  const auto again = late.repair(stale);
  CHECK(again.rows == 0);
  CHECK(again.arrived == late.holes);
  CHECK(events_of(late.shop).size() == 1000);
  CHECK(late.shop.reconcile().equal());
}

TEST_CASE("a row that is gone when its turn comes needs no event") {
  Late late{1000};
  const auto seen = late.shop.reconcile();
  late.shop.database.run("delete from cart_events where cart_event_id = 7");
  CHECK(late.repair(seen).rows == late.holes - 1);
  CHECK(late.shop.reconcile().equal());
}

TEST_CASE("a repair fences a mover, which goes on after it") {
  Late late{2000};
  auto& shop = late.shop;
  transfer::Mover mover{shop.postgres, shop.kafka, shop.table, {}, shop.quiet};
  shop.database.run(shop::insert_events(10));
  CHECK(mover.catch_up(Shop::soon()).rows == 10);
  CHECK(late.repair(shop.reconcile()).rows == late.holes);
  shop.database.run(shop::insert_events(10));
  try {
    static_cast<void>(mover.catch_up(Shop::soon()));
    FAIL("it was not fenced");
  } catch (const Error& e) { CHECK(e.code() == Code::busy); }
  CHECK(mover.catch_up(Shop::soon()).rows == 10);
  CHECK(shop.reconcile().equal());
}

TEST_CASE("duplicates, altered and misplaced events are left alone") {
  Late late{1000};
  auto& shop = late.shop;
  auto records = oracle::read(shop.topic.name());
  auto twice = records.at(0), altered = records.at(1);
  altered.value->replace(altered.value->find("\"ip\":null"), 9, "\"ip\":\"?\"");
  altered.partition = (altered.partition + 1) % 3;
  oracle::produce(shop.topic.name(), {twice, altered});
  const auto before = shop.reconcile();
  CHECK(late.repair(before).rows == late.holes);
  const auto after = shop.reconcile();
  CHECK(after.missing == 0);
  CHECK(after.duplicate == before.duplicate);
  CHECK(after.misplaced == before.misplaced);
  CHECK(after.duplicate + after.misplaced > 2);
  CHECK(after.in_topic == 1002);
}

TEST_CASE("nothing is repaired in a topic that no mover has written to, nor in one that was made anew") {
  const auto refused = [](Shop& shop, const transfer::Parity& seen, const std::string& why) {
    CHECK_THROWS_WITH(transfer::repair(shop.postgres, shop.kafka, shop.table, seen, shop.quiet, Shop::soon()), Catch::Contains(why));
  };
  Shop filled;
  filled.database.run(shop::insert_events(100));
  oracle::produce(filled.topic.name(), {{.key = "product-1", .value = R"({"event_id":"pg:cart_events:1"})"}});
  const auto foreign = filled.reconcile();
  CHECK(foreign.missing == 99);  // nobody will bring them
  refused(filled, foreign, "has no checkpoint");
  CHECK_THROWS_WITH(filled.move(), Catch::Contains("no checkpoint tells how far they go"));

  Shop shop;
  shop.database.run(shop::insert_events(100));
  shop.move();
  oracle::remove_topic(shop.topic.name());
  std::this_thread::sleep_for(std::chrono::seconds{1});
  oracle::create_topic(shop.topic.name(), 3);
  refused(shop, shop.reconcile(), "is not the one that");
}
