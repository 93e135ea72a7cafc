#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_table.hpp"

/// Debezium's `table.include.list`: Java regular expressions behind commas, each compared with a table's whole "schema.table", ASCII
/// letters without their case (io.debezium.function.Predicates, Strings.setOfRegex). The tool takes the entries that name one table.
namespace ctl {

/// An entry that names one table: its name with the metacharacters in it behind a backslash; the dot between schema and table may stand
/// alone. An entry that begins with `(?-i)` is compared with its case.
struct IncludedTable {
  TableName table{};
  std::string like{};  ///< SQL's LIKE pattern of every "schema.table" that Debezium takes for it, the case aside
  bool exact_case{};
  [[nodiscard]] bool takes(const TableName&) const;  ///< Debezium would capture that table because of this entry
};

/// nullopt: the entry is a pattern for several tables, or no name with a schema.
[[nodiscard]] std::optional<IncludedTable> included_table(std::string_view entry);

/// The entries of a list, trimmed; a comma behind a backslash is part of a name.
[[nodiscard]] std::vector<std::string> include_entries(std::string_view list);

/// The entry that names this table.
[[nodiscard]] std::string include_entry(const TableName&);

}  // namespace ctl
