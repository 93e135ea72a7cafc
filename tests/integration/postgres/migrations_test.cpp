#include <catch2/catch.hpp>

#include "postgres/catalog.hpp"
#include "support/session.hpp"
#include "support/shop.hpp"

using namespace ctl;
using namespace ctl::postgres;

namespace {

struct Shop : SessionBench {
  Connection session{open()};

  void run(const std::string& part) { session.script(shop::migration(part), part + ".sql", until); }
  bool passes(const std::string& id) {
    return static_cast<bool>(attempt([&] { run(id + ".verify"); }));
  }
  std::vector<TableName> names(const std::string& schema) { return tables(session, schema, until); }
};

}  // namespace

TEST_CASE("each migration makes what its verify script asks for, and not before") {
  Shop s;
  for (const auto& id : shop::before) {
    CHECK_FALSE(s.passes(id));
    s.run(id + ".deploy");
    CHECK(s.passes(id));
    CHECK_THROWS_AS(s.run(id == "0002_seed_products" ? "0001_core.deploy" : id + ".deploy"), Error);
  }
  CHECK(s.value(s.session, "select count(*) || ' in ' || count(distinct category) as v from products") == "1000 in 5");
  CHECK(s.value(s.session,
                "select count(*) as v from orders o where total_amount = (select sum(quantity * price) from order_line_items i where "
                "i.order_id = o.order_id)") == s.value(s.session, "select count(*) as v from orders"));
}

TEST_CASE("a shop's own tables are taken over if they are the same, and refused by name if not") {
  Shop s;
  shop::make(s.database);
  s.session.script("alter table clicks add extra jsonb; create index on page_hits (page_name); truncate order_line_items, orders",
                   "own.sql", s.until);
  for (const auto& id : shop::before) CHECK(s.passes(id));
  const auto wrong = [&](const std::string& sql, const std::string& id) {
    Transaction undone{s.session, s.until};
    s.session.script(sql, "own.sql", s.until);
    return error_of([&] { s.run(id + ".verify"); }).text().cause;
  };
  CHECK_THAT(wrong("alter table clicks alter click_timestamp type timestamptz", "0003_analytics"),
             Catch::Contains("clicks.click_timestamp is timestamp with time zone, not timestamp without time zone"));
  CHECK_THAT(wrong("alter table cart_events drop column quantity", "0003_analytics"), Catch::Contains("cart_events.quantity is absent"));
  CHECK_THAT(wrong("drop view product_analytics; alter table products alter name type varchar(80); alter table orders alter total_amount "
                   "drop not null",
                   "0001_core"),
             Catch::Contains("products.name is character varying(80) not null, not character varying(255) not null; orders.total_amount is "
                             "numeric(10,2), not"));
  CHECK_THAT(wrong("alter table clicks drop constraint clicks_product_id_fkey", "0003_analytics"),
             Catch::Contains("FOREIGN KEY (product_id)"));
  CHECK_THAT(
      wrong("create or replace view product_analytics as select product_id, name, price, category, 0::bigint as total_clicks, 0::bigint as "
            "total_impressions, 0::bigint as total_cart_events from products",
            "0004_product_analytics"),
      Catch::Contains("does not read clicks, impressions, cart_events"));
}

TEST_CASE("retired tables take their sequences and their view along, and come back with them") {
  Shop s;
  shop::make(s.database);
  s.session.script("insert into clicks (product_id) select 1 from generate_series(1, 10)", "x.sql", s.until);
  s.run("0005_retire.deploy");
  CHECK(s.passes("0005_retire"));
  CHECK(s.names("public").size() == 3);
  CHECK(s.names("mykart_retired").size() == 4);
  CHECK(table(s.session, {"mykart_retired", "clicks"}, s.until)->sequence->name == "mykart_retired.clicks_click_id_seq");
  CHECK(s.value(s.session, "select total_clicks as v from mykart_retired.product_analytics where product_id = 1") == "10");
  s.run("0005_retire.revert");
  CHECK_FALSE(s.passes("0005_retire"));
  CHECK(s.passes("0003_analytics"));
  CHECK(s.value(s.session, "select to_regnamespace('mykart_retired') as v") == "NULL");
  CHECK(s.value(s.session, "insert into clicks (product_id) values (1) returning click_id as v") == "11");

  s.run("0005_retire.deploy");
  s.session.script("create table mykart_retired.somebody_elses (a int)", "x.sql", s.until);
  s.run("0005_retire.revert");
  CHECK(s.names("mykart_retired").size() == 1);
}

TEST_CASE("only the last migration removes rows, and nothing removes the core") {
  Shop s;
  shop::make(s.database);
  s.session.script("insert into page_hits (page_name) values ('cart')", "x.sql", s.until);
  for (const auto* id : {"0001_core", "0002_seed_products", "0003_analytics", "0006_drop"})
    CHECK_THROWS_AS(s.run(std::string{id} + ".revert"), Error);
  CHECK(s.names("public").size() == 7);
  s.run("0005_retire.deploy");
  CHECK_FALSE(s.passes("0006_drop"));
  s.run("0006_drop.deploy");
  CHECK(s.passes("0006_drop"));
  CHECK(s.names("public") == std::vector<TableName>{{"public", "order_line_items"}, {"public", "orders"}, {"public", "products"}});
}
