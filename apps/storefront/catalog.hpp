#pragma once
#include <cstdint>
#include <optional>

#include "database.hpp"
#include "value/value.hpp"

namespace storefront {

/// Products, carts and orders: what stays in PostgreSQL. Results are the JSON of the API, with numbers and times as the shop's Node.js
/// driver gives them (numeric and bigint as text).
class Catalog {
 public:
  explicit Catalog(Database& database) : database_{database} {}
  [[nodiscard]] ctl::Value page(double number, double limit);              ///< {"products":[…],"pagination":{…}}
  [[nodiscard]] std::optional<ctl::Value> product(const std::string& id);  ///< throws ctl::Error when the id is no integer
  [[nodiscard]] ctl::Value cart();                          ///< sums of the cart events by product, above 0; needs table cart_events
  [[nodiscard]] ctl::Value place(const ctl::Value& items);  ///< an order and its lines, in one transaction
  [[nodiscard]] std::int64_t count(const char* table);
  [[nodiscard]] std::int64_t highest_product();  ///< 0 if there is none

 private:
  Database& database_;
};

}  // namespace storefront
