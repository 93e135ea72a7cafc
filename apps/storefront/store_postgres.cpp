#include "store_postgres.hpp"

#include <array>

#include "js.hpp"

namespace storefront {
namespace {

constexpr std::array inserts{
    "insert into page_hits (page_name) values ($1) returning hit_id",
    "insert into clicks (product_id) values ($1) returning click_id",
    "insert into impressions (product_id) values ($1) returning impression_id",
    "insert into cart_events (product_id, quantity, event_type) values ($1, $2, $3) returning cart_event_id",
};
static_assert(inserts.size() == kinds.size());

/// As the shop's Node.js driver sends it: nothing is NULL, an object is its JSON, the rest is text. What is no integer the server refuses.
Parameter parameter(const std::optional<ctl::Value>& value) {
  if (!value || value->is_null()) return std::nullopt;
  return value->list() != nullptr || value->map() != nullptr ? js::stringify(*value) : js::text(value);
}

std::vector<Parameter> parameters(const Event& event) {
  if (event.kind == Kind::page_hit) return {event.page};
  if (event.kind == Kind::cart) return {parameter(event.product), parameter(event.quantity), event.action};
  return {parameter(event.product)};
}

}  // namespace

Receipt PostgresStore::write(const Event& event) {
  const auto rows = database_.run(inserts[index(event.kind)], parameters(event));
  return {.id = ctl::parse_integer(rows.at(0).at(0).value_or(""))};
}

}  // namespace storefront
