#include "plan/sql_name.hpp"

namespace ctl::plan {

std::string sql_name(std::string_view name) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789_";
  if (!name.empty() && name.find_first_not_of(plain) == std::string_view::npos && (name[0] < '0' || name[0] > '9'))
    return std::string{name};
  std::string quoted{'"'};
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted += '"';
}

std::string sql_name(const TableName& table) { return sql_name(table.schema) + "." + sql_name(table.name); }

}  // namespace ctl::plan
