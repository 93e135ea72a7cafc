#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/event_table.hpp"
#include "postgres/connection.hpp"

namespace ctl::postgres {

struct Bound {
  std::string sql{};
  std::vector<std::optional<std::string>> params{};
};
/// psql's variables, as psql treats them: :"name" -> quoted identifier, :'name' -> parameter $n (one a name). Text in quotes, dollar quotes
/// and comments is left alone, `::` is a cast. A variable without a value throws Error{internal}.
[[nodiscard]] Bound bind(std::string_view sql, const Names&);
[[nodiscard]] std::string quote_identifier(std::string_view name);
[[nodiscard]] std::string quote_identifier(const TableName&);  ///< "schema"."table"
[[nodiscard]] std::string quote_literal(std::string_view text);

}  // namespace ctl::postgres
