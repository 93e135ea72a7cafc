#pragma once
#include "model/event_table.hpp"
#include "postgres/connection.hpp"
#include "transfer/pace.hpp"

namespace ctl::transfer {

/// Finds out whether the servers answer as usual while rows are moved, and how long to leave them alone when they do not.
class Backoff {
 public:
  /// Keeps the references. Its session to PostgreSQL is one of its own, opened when it is first needed: the mover's is busy with a COPY.
  Backoff(const postgres::Target&, const EventTable&, Listener&);
  /// Asks PostgreSQL what the shop asks. `commit`: how long Kafka took for a transaction, zero if there was none. Gives nothing while both
  /// answer as usual, and tells the operator when they no longer do. To be asked about once a second.
  [[nodiscard]] Deadline::ms after(Deadline::clock::duration commit, const Deadline&);

 private:
  const postgres::Target& source_;
  const EventTable& table_;
  Listener& listener_;
  std::optional<postgres::Connection> session_{};
  Strain postgres_{std::chrono::milliseconds{100}}, kafka_{std::chrono::milliseconds{500}};
  bool strained_{};  ///< at the last look
};

}  // namespace ctl::transfer
