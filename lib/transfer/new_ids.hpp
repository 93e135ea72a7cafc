#pragma once
#include <vector>

#include "transfer/arrived.hpp"

namespace ctl::transfer {

/// Ids for rows that the tool adds, from the table's own sequence.
class NewIds {
 public:
  /// Error{refused} for a table without a sequence. Keeps the references.
  NewIds(postgres::Connection&, const EventTable&, const TableInfo&);
  /// Error{refused} when the sequence, or the column, has not so many left.
  void give(std::vector<Arrived*>&, const Deadline&);
  /// Brings a sequence that lags behind the ids of the table to the highest of them, in a transaction of its own that lets nobody insert.
  void raise(Listener&, const Deadline&);

 private:
  [[nodiscard]] Error exhausted(std::size_t wanted, std::int64_t most, const std::string& cause) const;

  postgres::Connection& session_;
  const EventTable& table_;
  Sequence sequence_;
  std::int64_t most_{};  ///< the highest id that the column and the sequence can have; 0: not asked yet
};

}  // namespace ctl::transfer
