#pragma once
#include "transfer/arrived.hpp"
#include "transfer/rows_by_id.hpp"

namespace ctl::transfer {

/// Events that say of themselves that they are rows of the table: believed when the row is there, and would become this very event.
class ClaimCheck {
 public:
  /// `timed`: records have the time that their writer gave them, so that it is compared. Keeps the references.
  ClaimCheck(RowsById& rows, const EventTable& table, bool timed) : rows_{rows}, table_{table}, timed_{timed} {}
  /// Counts those of batch.claims that are right as from_table (also a second one: it adds nothing to the table), and makes dead letters
  /// of the others.
  void check(Batch&, const Deadline&);

 private:
  RowsById& rows_;
  const EventTable& table_;
  bool timed_;
};

}  // namespace ctl::transfer
