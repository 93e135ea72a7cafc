#pragma once
#include <string>
#include <string_view>

#include "model/event_table.hpp"

namespace ctl::plan {

/// As one types it in psql: in quotes only where it needs them.
[[nodiscard]] std::string sql_name(std::string_view name);
[[nodiscard]] std::string sql_name(const TableName&);

}  // namespace ctl::plan
