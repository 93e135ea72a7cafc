#pragma once
#include "apply/desk.hpp"

namespace ctl {

/// Tables are taken away in two steps, so that the lock is held for as short as can be. First, without a lock: each is fenced, its proof
/// holds, and what came into its topic since the comparison is read: another event of one of its rows, or one that is gone without a trace
/// in the offsets, takes the proof back. Throws Error{refused}.
/// Returns the tables that are still in use, where they are.
[[nodiscard]] std::vector<TableName> check_before_retiring(const Desk&, const std::string& migration, Listener&, const Deadline&);

/// Then in the transaction that retires them, before anything else is asked in it: locks the tables with all their parts against
/// everybody, and counts their rows. What was committed since the comparison began is seen here, and nothing can follow.
void check_under_lock(const Desk&, const std::string& migration, const std::vector<TableName>& in_use, const Deadline&);

}  // namespace ctl
