#pragma once
#include <map>
#include <string>
#include <vector>

#include "transfer/arrived.hpp"
#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

/// The PostgreSQL half of a replay: where it stands, and one transaction for everything that a batch of events becomes.
class ReplayStore {
 public:
  /// `columns` are the names of Arrived::fields. Error{refused} when the table has no sequence to take ids from.
  ReplayStore(postgres::Connection&, const EventTable&, const TableInfo&, std::vector<std::string> columns, const ReplayOptions&);

  /// The next offset of each partition. What was never replayed begins at the topic's start; offsets that retention has removed since are
  /// Error{refused} with the gap, unless `accept_loss` covers them.
  [[nodiscard]] Offsets begin(const Offsets& starts, const Offsets& ends, Listener&, const Deadline&);

  /// Rows, their mapping, dead letters, ledger and next offsets, or nothing of it. Rows that the server refuses become dead letters.
  /// Error{busy} when another runner was here, Error{refused} when there are more open dead letters than allowed. Completes batch.ledgers.
  void store(Batch&, const Deadline&);

 private:
  [[nodiscard]] postgres::Names names(int partition) const;
  void advance(int partition, std::int64_t next, const Deadline&);
  void take_ids(std::vector<Arrived*>&, const Deadline&);
  void load(std::span<Arrived*> rows, const Deadline&);
  void copy(std::span<Arrived*> rows, const Deadline&);
  void write_mapping(const Batch&, const Deadline&);
  void write_dead_letters(const Batch&, const Deadline&);
  void count(Batch&, const Deadline&);

  postgres::Connection& session_;
  const EventTable& table_;
  Sequence sequence_{};
  std::vector<std::string> columns_{};
  const ReplayOptions& options_;
  Offsets next_{};  ///< as committed
};

}  // namespace ctl::transfer
