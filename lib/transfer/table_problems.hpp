#pragma once
#include <vector>

#include "core/error.hpp"
#include "model/event_table.hpp"

namespace ctl::transfer {

/// All that keeps a table's rows from becoming events, whatever their values: its key, columns that it does not have, types that events
/// cannot carry. Each names table and column. Error{manifest} for what the declaration has wrong, else Error{refused}.
[[nodiscard]] std::vector<Error> table_problems(const EventTable&, const TableInfo&);

void need_carriable(const EventTable&, const TableInfo&);  ///< throws the first of them, with the others as its cause

}  // namespace ctl::transfer
