#pragma once
#include <span>
#include <string>

#include "kafka/producer.hpp"
#include "postgres/copy.hpp"
#include "transfer/checkpoint.hpp"
#include "transfer/codec.hpp"
#include "transfer/left_open.hpp"
#include "transfer/refused_record.hpp"
#include "transfer/repaired.hpp"

namespace ctl::transfer {

inline constexpr int failures_in_a_row = 5;  ///< transactions to one topic without one that is committed: then it is no bad luck any more

/// A record cannot say "at the epoch" (librdkafka's 0 means now) nor before it.
[[nodiscard]] constexpr Millis record_time(std::int64_t time_ms) {
  return Millis{std::chrono::milliseconds{std::max<std::int64_t>(time_ms, 1)}};
}

/// identity() of a server that knows which rows are final: Error{refused} for a standby, which shows rows, but not the transactions that
/// are still to come.
[[nodiscard]] Identity identity_of_primary(postgres::Connection&, const EventTable&, const Deadline&);

/// Rows whose time the declared zone has twice, or never (Encoder::Event::Hour).
struct ChangingClocks {
  struct Rows {
    std::uint64_t number{};
    std::int64_t first_id{};
  };
  Rows twice{}, never{};
};

/// The one way by which rows of a table become events: a producer that has fenced every other one of this table, and the checkpoint that
/// was read after that (the other way round the commit of a predecessor could still come between the two). Each transaction is closed by
/// the new checkpoint. What throws ends it: its transaction is aborted, and the next Outlet reads the checkpoint again.
class Outlet {
 public:
  enum class Purpose : unsigned char { go_on, adopt };
  /// Asks `session` what the table is. Error{refused} for a standby, when the topic is no longer the one that was written to and, unless it
  /// is to be adopted, when it has events of the table without a checkpoint. Keeps the other references.
  Outlet(const kafka::Settings&, kafka::Cluster&, postgres::Connection& session, const EventTable&, Listener&, const Deadline&,
         Purpose = Purpose::go_on);

  [[nodiscard]] const Checkpoint& at() const noexcept { return at_; }    ///< of the last transaction that was committed
  [[nodiscard]] bool is_new() const noexcept { return new_; }            ///< there was no checkpoint
  [[nodiscard]] Offsets ends(const Deadline&) const;                     ///< of the topic, now
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }  ///< of keys and values, sent so far

  [[nodiscard]] const ChangingClocks& clocks() const noexcept { return clocks_; }  ///< of the rows that were committed

  /// False: the end of the transaction before is lost, which a new Outlet mends.
  [[nodiscard]] bool begin(const Deadline&);
  /// The id of the row. Error{refused} for one that cannot be an event: nothing is skipped.
  std::int64_t send(Encoder&, postgres::CopyReader::Row, const Deadline&, std::span<const kafka::Header> = {});
  /// That these rows come late, for whoever compares: part of the open transaction.
  void send(const RepairNote&, const Deadline&);
  /// False: not committed, for sure or perhaps. Only a new Outlet can tell, by what it reads.
  [[nodiscard]] bool commit(std::optional<std::int64_t> last_id, const Deadline&);
  /// Commits a checkpoint alone: so many events, up to `last_id`, are there already.
  [[nodiscard]] bool commit_adopted(std::int64_t last_id, std::uint64_t events, const Deadline&);

 private:
  kafka::Cluster& cluster_;
  const kafka::Settings& settings_;
  const EventTable& table_;
  Identity id_;
  kafka::Transactional out_;
  Checkpoint at_{};
  bool new_{};
  std::uint64_t rows_{};              ///< of the open transaction
  ChangingClocks clocks_{}, open_{};  ///< the second with those of the open transaction
  std::uint64_t bytes_{};
  RecordExtremes extremes_{};  ///< of the open transaction
};

/// Error{failed} for transactions that never succeed.
[[nodiscard]] Error not_committed(const EventTable&);

}  // namespace ctl::transfer
