#include "catalog.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/text.hpp"
#include "js.hpp"

namespace storefront {
namespace {

constexpr auto product_columns = R"(
  product_id, name, description, price::text as price, category, brand, stock_quantity, image_url,
  to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at)";

constexpr auto cart_items = R"(
  with cart as (
    select product_id, sum(case when event_type in ('added', 'increased') then quantity
                                when event_type in ('removed', 'decreased') then -quantity else 0 end) as quantity
      from cart_events group by product_id)
  select json_agg(json_build_object('product_id', p.product_id, 'name', p.name, 'price', p.price::text, 'image_url', p.image_url,
                                    'quantity', cart.quantity::text) order by p.product_id)
    from cart join products p using (product_id) where cart.quantity > 0)";

constexpr auto place_order = R"(
  with item as (select * from json_to_recordset($1) as item(product_id integer, quantity integer, price numeric)),
       placed as (insert into orders (total_amount, status) select sum(price * quantity), 'placed' from item returning order_id, total_amount),
       line as (insert into order_line_items (order_id, product_id, quantity, price)
                select order_id, product_id, quantity, price from placed, item)
  select order_id, total_amount from placed)";

ctl::Value parsed(const std::optional<std::string>& json) {
  return json ? ctl::parse_json(*json, "PostgreSQL") : ctl::Value{ctl::Value::List{}};
}

std::int64_t integer(const std::vector<Row>& rows) { return ctl::parse_integer(rows.at(0).at(0).value_or("0")).value_or(0); }

}  // namespace

ctl::Value Catalog::page(double number, double limit) {
  static const auto statement = fmt::format(
      "select json_agg(p order by product_id) from (select {} from products order by product_id limit $1 offset $2) p", product_columns);
  const auto rows = database_.run(statement, {js::number(limit), js::number((number - 1) * limit)});
  const auto total = static_cast<double>(count("products"));
  ctl::Value pagination;
  pagination.set("page", number).set("limit", limit).set("total", total).set("totalPages", std::ceil(total / limit));
  return ctl::Value{}.set("products", parsed(rows.at(0).at(0))).set("pagination", pagination);
}

std::optional<ctl::Value> Catalog::product(const std::string& id) {
  static const auto statement =
      fmt::format("select row_to_json(p) from (select {} from products where product_id = $1) p", product_columns);
  const auto rows = database_.run(statement, {id});
  if (rows.empty()) return std::nullopt;
  return parsed(rows[0].at(0));
}

ctl::Value Catalog::cart() { return ctl::Value{}.set("cartItems", parsed(database_.run(cart_items).at(0).at(0))); }

ctl::Value Catalog::place(const ctl::Value& items) {
  const auto placed = database_.run(place_order, {js::stringify(items)}).at(0);
  const auto id = ctl::parse_integer(placed.at(0).value_or(""));
  return ctl::Value{}
      .set("success", true)
      .set("orderId", id.value_or(0))
      .set("message", "Order placed successfully!")
      .set("total", placed.at(1).value_or(""));
}

std::int64_t Catalog::count(const char* table) { return integer(database_.run(fmt::format("select count(*) from {}", table))); }

std::int64_t Catalog::highest_product() { return integer(database_.run("select max(product_id) from products")); }

}  // namespace storefront
