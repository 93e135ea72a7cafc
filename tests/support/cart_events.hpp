#pragma once
#include <string>

#include "model/event_table.hpp"

/// The cart events of a shop, as declared and as the database describes them.
namespace shop {

inline constexpr const char* tables = R"sql(
  create table products (product_id serial primary key, name varchar(255) not null);
  insert into products (name) select 'product ' || n from generate_series(1, 1000) n;
  create table cart_events (
    cart_event_id serial primary key, product_id integer references products (product_id), quantity integer not null, event_type varchar(50) not null,
    event_timestamp timestamp default current_timestamp);
  create index on cart_events (event_timestamp);)sql";

/// What topics.yaml says of them.
inline const std::string source =
    "source: {table: cart_events, id: cart_event_id, time: event_timestamp, time_zone: UTC, key: 'product-{product_id}', fields: "
    "[product_id, quantity, event_type, event_timestamp]}";

/// n cart events of 100 products, a second apart.
inline std::string insert_events(int n) {
  return "insert into cart_events (product_id, quantity, event_type, event_timestamp) select 1 + i % 100, 1 + i % 5, "
         "(array['added','removed','increased','decreased'])[1 + i % 4], timestamp '2024-01-01 00:00:00.123' + i * interval '1 second' "
         "from generate_series(1, " +
         std::to_string(n) + ") i";
}

inline ctl::EventTable cart_events(const std::string& topic = "shop.cart-events") {
  ctl::EventTable t;
  t.table = {"public", "cart_events"};
  t.topic = topic;
  t.id_column = "cart_event_id";
  t.time_column = "event_timestamp";
  t.time_zone = "UTC";
  t.key_template = "product-{product_id}";
  t.fields = {{"product_id", "product_id", {}},           {"quantity", "quantity", {}}, {"event_type", "event_type", {}},
              {"event_timestamp", "event_timestamp", {}}, {"user_agent", "", {}},       {"ip", "", {}}};
  return t;
}

inline ctl::TableInfo cart_events_info() {
  ctl::TableInfo info;
  info.table = {"public", "cart_events"};
  info.columns = {{"cart_event_id", "integer", {}, false, ""},
                  {"product_id", "integer", {}, true, ""},
                  {"quantity", "integer", {}, false, ""},
                  {"event_type", "character varying", 50, false, ""},
                  {"event_timestamp", "timestamp without time zone", {}, true, ""}};
  info.primary_key = {"cart_event_id"};
  return info;
}

/// The same with one more column, named x, which is also the last field.
inline void add_x(ctl::EventTable& table, ctl::TableInfo& info, const std::string& type, bool nullable = true) {
  info.columns.push_back({"x", type, {}, nullable, ""});
  table.fields.push_back({"x", "x", {}});
}

}  // namespace shop
