#include <catch2/catch.hpp>

#include "project.hpp"
#include "support/cart_events.hpp"
#include "support/oracle.hpp"

namespace {

struct Shop : Project {
  explicit Shop(const std::string& before = {}, const std::string& source = shop::source) {
    write("7d", 3, {}, ", " + source);
    database().run(shop::tables + before);
  }
  [[nodiscard]] bool topic_is_there() const { return has(run({"topics", "list", "-o", "name"}).out, two()); }
};

std::string with_fields(const std::string& fields) {
  auto source = shop::source;
  const std::string of_shop = "product_id, quantity, event_type, event_timestamp";
  return source.replace(source.find(of_shop), of_shop.size(), fields);
}

}  // namespace

TEST_CASE("Rows that cannot be events are all named before anything starts, by preflight, the plan and the backfill, and nothing is made") {
  const Shop shop{shop::insert_events(50) +
                  "; update cart_events set event_timestamp = 'infinity' where cart_event_id in (7, 9, 11, 12, 13, 14);"
                  "update cart_events set event_timestamp = date_trunc('second', now() + interval '2 hours') at time zone 'utc' where "
                  "cart_event_id = 20;"
                  "update cart_events set event_timestamp = '2024-01-01 00:00:00.000001' where cart_event_id = 30"};
  const auto preflight = shop.run({"preflight", "--only", "data"});
  CHECK(preflight.status == 4);
  CHECK(has(preflight.out, "6 rows (ids 7, 9, 11, 12, 13, …): column event_timestamp is bad_time"));
  CHECK(has(preflight.out, "1 row (id 20): column event_timestamp is up to "));
  CHECK(has(preflight.out, "more than 1h ahead of now (message.timestamp.after.max.ms)"));
  CHECK(has(preflight.out, "1 row (id 30): the microseconds of their times are cut"));
  const auto plan = shop.run({"plan", "deploy"});
  CHECK(has(plan.out, "data/public.cart_events is blocked: 6 rows (ids 7, 9, 11, 12, 13, …)"));
  CHECK(has(plan.out, "1 with microseconds"));
  const auto backfill = shop.run({"events", "backfill", "--yes"});
  CHECK(backfill.status == 5);
  CHECK(has(backfill.err, "1 row (id 20): column event_timestamp is up to "));
  CHECK(shop.run({"deploy", "--yes", "--until", "backfill"}).status == 4);
  CHECK_FALSE(shop.topic_is_there());
  shop.database().run("delete from cart_events where cart_event_id in (7, 9, 11, 12, 13, 14, 20)");
  CHECK(shop.run({"preflight", "--only", "data"}).status == 0);
  CHECK(shop.run({"events", "backfill", "--yes"}).status == 0);
  CHECK(oracle::read(shop.two()).size() == 43);
  CHECK(has(shop.run({"preflight", "--only", "data"}).out, "none that is not moved"));
}

TEST_CASE("Columns that events cannot carry, or that are not there, are all named at once before anything is made") {
  const Shop shop{"alter table cart_events add i interval, add b bytea, add p point;" + shop::insert_events(1),
                  with_fields("product_id, quantity, event_typ, event_timestamp, i, b, p")};
  const auto preflight = shop.run({"preflight", "--only", "data"});
  CHECK(preflight.status == 4);
  for (const auto* each : {"has no column event_typ", "cart_events.i has a type that events cannot carry: interval", "cannot carry: bytea",
                           "cannot carry: point"}) {
    CHECK(has(preflight.out, each));
    CHECK(has(shop.run({"plan", "deploy"}).out, each));
  }
  CHECK(shop.run({"events", "backfill", "--yes"}).status == 5);
  CHECK_FALSE(shop.topic_is_there());
}

TEST_CASE("Keys of other types than one integer are named before anything is made") {
  for (const std::string key :
       {"cart_event_id type text", "cart_event_id type numeric", "cart_event_id type uuid using gen_random_uuid()"}) {
    INFO(key);
    const Shop shop{"alter table cart_events alter cart_event_id drop default, alter " + key + ";"};
    CHECK(has(shop.run({"preflight", "--only", "data"}).out, "has no integer primary key cart_event_id"));
    const auto plan = shop.run({"plan", "deploy"});
    INFO(plan.err);
    CHECK(has(plan.out, "is blocked: table public.cart_events has no integer primary key cart_event_id"));
  }
  const Shop shop{"alter table cart_events drop constraint cart_events_pkey, add primary key (cart_event_id, quantity);"};
  CHECK(has(shop.run({"preflight", "--only", "data"}).out, "its primary key: (cart_event_id, quantity)"));
}

TEST_CASE("A source that is a view is said to be one") {
  const Shop shop{"alter table cart_events rename to cart_rows; create view cart_events as select * from cart_rows;"};
  CHECK(has(shop.run({"preflight", "--only", "data"}).out, "public.cart_events is a view, whose rows cannot be followed"));
  CHECK(has(shop.run({"plan", "deploy"}).out, "is blocked: public.cart_events is a view"));
  const auto backfill = shop.run({"events", "backfill", "--yes"});
  CHECK(backfill.status == 5);
  CHECK(has(backfill.err, "name the table that holds the rows"));
}
