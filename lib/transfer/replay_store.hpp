#pragma once
#include <map>
#include <string>
#include <vector>

#include "transfer/dead_letters.hpp"
#include "transfer/new_ids.hpp"
#include "transfer/replay_start.hpp"
#include "transfer/row_loader.hpp"
#include "transfer/rows_by_id.hpp"

namespace ctl::transfer {

/// The PostgreSQL half of a replay: where it stands, and one transaction for everything that a batch of events becomes.
class ReplayStore {
 public:
  /// `columns` are the names of Arrived::fields. Error{refused} when no event could be a row of the table. Keeps the references.
  ReplayStore(postgres::Connection&, const EventTable&, const TableInfo&, std::vector<std::string> columns, const ReplayOptions&, RowsById&,
              Listener&, const Deadline&);

  /// The next offset of each partition, in the journal from now on. Error{refused} when what was never replayed is gone, unless
  /// `accept_loss` covers it.
  [[nodiscard]] Offsets begin(const TopicNow&, const Deadline&);

  /// Rows, what they became, dead letters, ledger and next offsets, or nothing of it. Rows that the server refuses become dead letters.
  /// Error{busy} when another runner was here, Error{refused} when there are more open dead letters than allowed. Completes batch.ledgers.
  void store(Batch&, const Deadline&);

 private:
  [[nodiscard]] postgres::Names names(int partition) const;
  [[nodiscard]] bool try_store(Batch&, const Deadline&);
  void accept(const ReplayStart&, const ReplayedTo&, const Deadline&);
  void advance(int partition, std::int64_t next, const Deadline&);
  void write_mapping(const std::vector<Arrived*>& rows, const Deadline&);
  void count(Batch&, const Deadline&);

  postgres::Connection& session_;
  const EventTable& table_;
  const ReplayOptions& options_;
  RowsById& rows_;
  Listener& listener_;
  NewIds ids_;
  RowLoader loader_;
  DeadLetters letters_;
  Offsets next_{};                   ///< as committed
  std::optional<Error> too_many_{};  ///< dead letters
};

}  // namespace ctl::transfer
