#include <catch2/catch.hpp>

#include <pqxx/pqxx>

#include "postgres/catalog.hpp"
#include "support/session.hpp"
#include "support/shop.hpp"

using namespace ctl;
using namespace ctl::postgres;

namespace {

struct Shop : SessionBench {
  Shop() { shop::make(database); }
  Connection session{open(Access::read_only)};

  TableInfo info(const std::string& name) { return table(session, table_name(name), until).value(); }
  /// "view public.product_analytics"
  std::vector<std::string> dependents(const std::string& name) {
    std::vector<std::string> all;
    for (const auto& d : info(name).dependents) all.push_back(d.kind + " " + d.name);
    return all;
  }
};
using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a table is described as it was made") {
  Shop s;
  s.database.run(
      "insert into cart_events (product_id, quantity, event_type) select 1, 1, 'added' from generate_series(1, 100); analyze cart_events");
  const auto t = s.info("public.cart_events");
  REQUIRE(t.columns.size() == 5);
  CHECK(t.columns[0].name == "cart_event_id");
  CHECK(t.columns[0].type == "integer");
  CHECK_FALSE(t.columns[0].nullable);
  CHECK(t.columns[0].default_expression.rfind("nextval(", 0) == 0);
  CHECK(t.columns[1].nullable);
  CHECK(t.columns[3].type == "character varying");
  CHECK(t.columns[3].length == 50);
  CHECK(t.columns[4].type == "timestamp without time zone");
  CHECK(t.columns[4].default_expression == "CURRENT_TIMESTAMP");
  CHECK(t.primary_key == Strings{"cart_event_id"});
  REQUIRE(t.foreign_keys.size() == 1);
  CHECK(t.foreign_keys[0].columns == Strings{"product_id"});
  CHECK(t.foreign_keys[0].to == TableName{"public", "products"});
  CHECK(t.foreign_keys[0].to_columns == Strings{"product_id"});
  REQUIRE(t.sequence);
  CHECK(t.sequence->name == "public.cart_events_cart_event_id_seq");
  CHECK(t.sequence->last == 100);
  CHECK(t.sequence->cache == 1);
  CHECK(t.sequence->most == 2147483647);
  CHECK(t.owner == "admin");
  CHECK(t.replica_identity == 'd');
  CHECK(t.rows_estimate == 100);
  CHECK(t.bytes > 8192);
  CHECK_FALSE(table(s.session, {"public", "nothing"}, s.until));
  CHECK_FALSE(table(s.session, {"public", "product_analytics"}, s.until));
}

TEST_CASE("odd names, keys of several columns, identities and dropped columns are described as well") {
  Shop s;
  s.database.run(
      "create schema \"My.Schema\"; create table \"My.Schema\".\"A\"\"b\" (gone int, y int, x bigint generated always as identity (cache "
      "7), primary key (x, y));"
      "alter table \"My.Schema\".\"A\"\"b\" drop column gone;"
      "create table child (a bigint, b int, constraint two foreign key (b, a) references \"My.Schema\".\"A\"\"b\" (y, x))");
  const auto t = table(s.session, {"My.Schema", "A\"b"}, s.until).value();
  CHECK(t.columns.size() == 2);
  CHECK(t.primary_key == Strings{"x", "y"});
  REQUIRE(t.sequence);
  CHECK(t.sequence->name == "\"My.Schema\".\"A\"\"b_x_seq\"");
  CHECK(t.sequence->cache == 7);
  CHECK(t.sequence->last == 0);
  const auto child = s.info("public.child");
  CHECK(child.primary_key.empty());
  CHECK_FALSE(child.sequence);
  REQUIRE(child.foreign_keys.size() == 1);
  CHECK(child.foreign_keys[0].columns == Strings{"b", "a"});
  CHECK(child.foreign_keys[0].to_columns == Strings{"y", "x"});
}

TEST_CASE("the size of a partitioned table is that of its partitions, which are no tables of their own") {
  Shop s;
  s.database.run(
      "create table parts (a int) partition by range (a); create table p1 partition of parts for values from (0) to (10);"
      "create table p2 partition of parts for values from (10) to (20); insert into parts select generate_series(0, 19); analyze parts, "
      "p1, p2;"
      "update parts set a = a where a = 3");
  CHECK(s.info("public.parts").rows_estimate == 20);
  const auto all = tables(s.session, "public", s.until);
  CHECK(all.size() == 8);
  CHECK(std::find(all.begin(), all.end(), TableName{"public", "p1"}) == all.end());
}

TEST_CASE("whatever hangs on a table is found, also by way of something else") {
  Shop s;
  CHECK(s.dependents("public.clicks") == Strings{"view public.product_analytics"});
  CHECK(s.dependents("public.page_hits").empty());
  s.database.run(
      "create schema reports; create view reports.top as select * from product_analytics where total_clicks > 9;"
      "create materialized view reports.daily as select click_timestamp::date as day, count(*) from clicks group by 1;"
      "create function reports.last_click() returns timestamp begin atomic select max(click_timestamp) from public.clicks; end;"
      "create function reports.of_row(c clicks) returns int language sql as 'select 1';"
      "create table refunds (click_id int references clicks); create publication p_clicks for table clicks;"
      "create table log (a int); create rule also as on insert to log do also select count(*) from clicks;"
      "create trigger t before insert on clicks for each row execute function suppress_redundant_updates_trigger()");
  CHECK(s.dependents("public.clicks") == Strings{"foreign key of table public.refunds", "function reports.last_click",
                                                 "function reports.of_row", "materialized view reports.daily", "publication p_clicks",
                                                 "rule of table public.log", "view public.product_analytics", "view reports.top"});
  CHECK(s.info("public.clicks").triggers == Strings{"t"});
  CHECK(s.info("public.clicks").dependents.back().owner == "admin");
  CHECK(s.dependents("public.products").size() == 6);  // four tables, two views
}

TEST_CASE("contents have the same digest in any physical order, and another one after any change") {
  Shop s;
  const auto before = content(s.session, {"public", "products"}, "", s.until);
  CHECK(before.rows == 1000);
  CHECK(before.max_key == "1000");
  const auto same = [&] {
    const auto now = content(s.session, {"public", "products"}, before.max_key, s.until);
    return now.rows == before.rows && now.digest == before.digest;
  };
  s.database.run(
      "create index by_name on products (name); cluster products using by_name; update products set price = price + 1; update products set "
      "price = price - 1");
  CHECK(same());
  s.database.run("insert into products (name, description, price, category) values ('new', 'new', 1, 'new')");
  CHECK(same());  // above the highest key of before
  s.database.run("update products set description = description || ' ' where product_id = 7");
  CHECK_FALSE(same());
  s.database.run("update products set description = rtrim(description) where product_id = 7");
  CHECK(same());
  s.database.run("update products a set name = b.name from products b where a.product_id in (1, 2) and b.product_id = 3 - a.product_id");
  CHECK_FALSE(same());
}

TEST_CASE("an empty table has contents, and a table that cannot be compared says why") {
  Shop s;
  const auto empty = content(s.session, {"public", "clicks"}, "", s.until);
  CHECK(empty.rows == 0);
  CHECK(empty.max_key.empty());
  s.database.run("create table keyless (a int)");
  CHECK(error_of([&] { (void)content(s.session, {"public", "keyless"}, "", s.until); }).code() == Code::refused);
  CHECK(error_of([&] { (void)content(s.session, {"public", "nothing"}, "", s.until); }).code() == Code::not_found);
}

TEST_CASE("the server, roles, publications and slots are described") {
  Shop s;
  const auto server = postgres::server(s.session, s.until);
  CHECK(server.database == s.database.name());
  CHECK(server.version == s.database.value("show server_version").substr(0, server.version.size()));
  CHECK(server.system_identifier == s.database.value("select system_identifier from pg_control_system()"));
  CHECK(server.wal_level == "logical");
  CHECK(server.superuser);
  CHECK(server.slots_most == 10);
  CHECK(server.address.find(s.database.name()) != std::string::npos);

  const auto name = sandbox::unique("cdc");
  CHECK_FALSE(role(s.session, name, s.until));
  CHECK_FALSE(publication(s.session, name, s.until));
  CHECK_FALSE(slot(s.session, name, s.until));
  s.database.run("create role " + name + " login replication password 'x'; create publication " + name + " for table products, orders;" +
                 "create publication empty; create schema closed; create table closed.t (a int); grant select on products, closed.t to " +
                 name);
  s.database.run("select pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
  CHECK(role(s.session, name, s.until)->replication);
  CHECK(role(s.session, name, s.until)->has_password);
  CHECK_FALSE(role(s.session, name, s.until)->superuser);
  CHECK(publication(s.session, name, s.until)->tables == std::vector<TableName>{{"public", "orders"}, {"public", "products"}});
  CHECK(publication(s.session, "empty", s.until)->tables.empty());
  CHECK(may_select(s.session, name, {"public", "products"}, s.until));
  CHECK_FALSE(may_select(s.session, name, {"public", "orders"}, s.until));
  CHECK_FALSE(may_select(s.session, name, {"closed", "t"}, s.until));
  CHECK_FALSE(may_select(s.session, "nobody_here", {"public", "products"}, s.until));
  const auto found = slot(s.session, name, s.until).value();
  CHECK(found.plugin == "pgoutput");
  CHECK_FALSE(found.active);
  CHECK(found.wal_held_bytes >= 0);
  CHECK(found.restart_lsn.find('/') != std::string::npos);
  s.database.run("select pg_drop_replication_slot('" + name + "')");
  s.database.run("drop owned by " + name + "; drop role " + name);
}

TEST_CASE("other sessions are seen, and who of them may still write to a table") {
  Shop s;
  const auto seen = [&] { return sessions(s.session, {{"public", "clicks"}, {"public", "nothing \"here\""}}, s.until); };
  const auto own = s.open();  // application_name mykartctl …
  CHECK(seen().empty());
  pqxx::connection application{s.database.url() + "?application_name=shop"};
  REQUIRE(seen().size() == 1);
  CHECK(seen()[0].application == "shop");
  CHECK(seen()[0].pid == application.backendpid());
  CHECK(seen()[0].state == "idle");
  CHECK_FALSE(seen()[0].holds_row_exclusive);
  CHECK(now() - seen()[0].since < 60s);
  {
    pqxx::work writing{application};
    writing.exec("insert into page_hits (page_name) values ('cart')");
    CHECK_FALSE(seen()[0].holds_row_exclusive);
    writing.exec("insert into clicks (product_id) values (1)");
    CHECK(seen()[0].holds_row_exclusive);
    CHECK(seen()[0].state == "idle in transaction");
  }
  CHECK_FALSE(seen()[0].holds_row_exclusive);
}
