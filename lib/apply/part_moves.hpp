#pragma once
#include <string>
#include <vector>

#include "apply/desk.hpp"

namespace ctl {

/// An event table with its parts, each known by its oid, wherever a script takes it. The table itself is the first.
struct PlacedTable {
  struct Place {
    std::string oid{};
    TableName table{};  ///< empty: it is nowhere any more
  };
  std::vector<Place> parts{};
};

[[nodiscard]] std::vector<PlacedTable> places(const Desk&, const Deadline&);
/// Where the same tables and parts are now.
[[nodiscard]] std::vector<PlacedTable> places(const Desk&, const std::vector<PlacedTable>& before, const Deadline&);

/// After the script in `file`, in its transaction: a table that went to another schema has taken all parts of its old schema along. Else
/// Error{refused} with the statements that the file lacks.
void need_moved_together(const std::vector<PlacedTable>& before, const std::vector<PlacedTable>& after, const std::string& file);

/// Runs the contract migrations of this deploy, their verification and their reverts in a transaction that is rolled back: what would fail
/// after the fence fails before it. Error{refused} says which file, and why. A table that is in use for long is left alone, with a warning.
void rehearse_retirement(const Desk&, const Deadline&);

}  // namespace ctl
