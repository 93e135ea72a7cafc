#pragma once
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/listener.hpp"
#include "kafka/producer.hpp"
#include "kafka/reader.hpp"
#include "model/event_table.hpp"
#include "postgres/connection.hpp"
#include "transfer/id_set.hpp"
#include "value/report.hpp"

/// Room transfer: moves events between a table and its topic exactly once, and proves it. It knows PostgreSQL and Kafka, no plan, no
/// journal entry, no phase of a journey. The truth about progress lies where the data is committed: the checkpoint record in the Kafka
/// transaction (table to topic), schema mykartctl's replay_offset in the PostgreSQL transaction (topic to table).
namespace ctl::transfer {

/// The highest id that is visible now; nullopt for an empty table. Alone it is no barrier: open transactions may still insert below it.
[[nodiscard]] std::optional<std::int64_t> newest_id(postgres::Connection&, const EventTable&, const Deadline&);
/// So many rows at most are not moved yet, when `last` was the last one.
[[nodiscard]] std::int64_t rows_behind(std::optional<std::int64_t> newest, std::optional<std::int64_t> last);

/// The last id at or below which no running transaction can still insert; nullopt for an empty table. Takes no lock: waits, until the
/// deadline, for the transactions that hold RowExclusive on the table now, as CREATE INDEX CONCURRENTLY does.
[[nodiscard]] std::optional<std::int64_t> settled_id(postgres::Connection&, const EventTable&, Listener&, const Deadline&);

inline constexpr std::string_view checkpoint_topic =
    "mykartctl.checkpoints";  ///< compacted, one partition; made by the first Mover that needs it

/// The truth about progress, one record a table, committed with the rows it covers.
struct Checkpoint {
  std::optional<std::int64_t> last_id{};  ///< nullopt: nothing was moved yet
  std::uint64_t rows{}, rejected{};
  /// partition -> an offset that the topic reached. `exact`: every record of the transactions up to this one lies below, and none of a
  /// later one (former versions looked while records were still under way).
  std::map<int, std::int64_t> ends{};
  bool exact{};
  std::optional<std::string> topic_id{};  ///< (KIP-516) a topic that was made anew has another; nullopt: not known
};
/// Under which names a table of this database keeps its progress.
struct Identity {
  std::string transaction{};  ///< the transactional id: system identifier, database, table, topic; the same for all versions of this tool
  std::string key{};          ///< of the checkpoint: with the schema
};
[[nodiscard]] Identity identity(postgres::Connection&, const EventTable&, const Deadline&);
/// The last one under either name: former versions knew only the first.
[[nodiscard]] std::optional<Checkpoint> read_checkpoint(const kafka::Settings&, const Identity&, Listener&, const Deadline&);
/// The last one that can be seen now. For those who only look: what is open is not waited for, and a mover may know better. `unsettled`:
/// something is open in the topic of checkpoints, perhaps a newer one.
struct VisibleCheckpoint {
  std::optional<Checkpoint> last{};
  bool unsettled{};
};
[[nodiscard]] VisibleCheckpoint visible_checkpoint(const kafka::Settings&, const Identity&, Listener&, const Deadline&);

/// Why a mover would refuse to go on from this checkpoint, and what to do: the topic is gone, or another one than was written to; the
/// table's ids begin anew. `newest` is the highest id, of a look that is younger than the checkpoint.
[[nodiscard]] std::optional<Error> conflict_with(const Checkpoint&, postgres::Connection&, kafka::Cluster&, const EventTable&,
                                                 std::optional<std::int64_t> newest, const Deadline&);

/// What of a table is not in its topic yet. Rows and bytes are the table's estimates until something was moved.
struct Unmoved {
  std::optional<std::int64_t> newest{}, last_id{};  ///< of the table (nullopt: it is empty); of what was moved
  std::uint64_t rows{}, bytes{};
  std::optional<Error> conflict{};  ///< why a mover would not send a row: conflict_with(), or there are events and no checkpoint
  bool adoptable{};                 ///< the conflict is one that adopt() may solve
};
[[nodiscard]] Unmoved unmoved(postgres::Connection&, const kafka::Settings&, const EventTable&, const TableInfo&, Listener&,
                              const Deadline&);

struct Moved {
  std::uint64_t rows{}, rejected{}, bytes{};
  std::optional<std::int64_t> last_id{};
  bool caught_up{};
};
struct MoveOptions {
  std::int64_t rate{};  ///< rows a second at most; 0: as fast as it goes
};

/// Table to topic: settle, copy (last, settled], commit with the checkpoint, again until little is left. The tail is this, called again;
/// so is the resume after anything. Rows that a replay put into the table (schema mykartctl, table replayed) are events already and are
/// left out.
class Mover {
 public:
  /// Opens its session of `source` when it is first needed, and anew after a COPY that was left half read.
  Mover(postgres::Target source, kafka::Settings, EventTable, MoveOptions, Listener&);
  ~Mover();
  Mover(const Mover&) = delete;
  Mover& operator=(const Mover&) = delete;
  /// Rounds, until one finds nothing to do or takes less than a second: then every row that was committed when it began is in the topic,
  /// and under load what came since is younger than that. A stop or the deadline ends it at the next commit, or while it waits for an open
  /// transaction (caught_up is false). Throws Error{busy} when another Mover has taken over, Error{refused} for a row that cannot be an
  /// event (nothing is skipped) and for a topic that is no longer the one that was written to.
  Moved catch_up(const Deadline&);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// delivered = inserted + from_table + dead + filtered, for each partition; anything else throws Error{internal}.
struct Ledger {
  std::uint64_t delivered{}, inserted{}, from_table{}, dead{}, filtered{};
  std::int64_t next_offset{};
};
/// What a comparison of the table with its topic has proved before the application wrote to the topic; empty: nothing is known.
struct ProvedTopic {
  std::map<int, std::int64_t> firsts{}, ends{};  ///< offsets, by partition: where the topic began then, and up to where it was compared
  std::optional<std::string> topic_id{};
};
struct ReplayOptions {
  std::int64_t run{};  ///< the journal's run, for ledger and dead letters
  std::uint64_t max_dead{
      1000};  ///< more open dead letters of the table than this, older ones included: Error{refused}, nothing of the last batch is kept
  std::int64_t rate{};          ///< events a second at most; 0: as fast as it goes
  std::uint64_t accept_loss{};  ///< offsets that may have been removed before they were replayed; more: Error{refused} with the gap
  ProvedTopic proved{};
};

/// Topic to table, to the ends recorded at the start. One PostgreSQL transaction = rows, their (topic, partition, offset) -> id mapping,
/// dead letters, ledger, next offsets (compare-and-set on the old ones). An event with `id_field` "pg:<table>:<id>" is counted as
/// from_table when a proof covers it or that row is there with its key, value and time (also one that is in the topic twice); else it
/// becomes a dead letter. What was written is read back: a row that a trigger has swallowed or changed becomes a dead letter as well.
class Replay {
 public:
  Replay(postgres::Target, kafka::Settings, EventTable, ReplayOptions, Listener&);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;
  std::map<int, Ledger> run(const Deadline&);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
/// Where a replay goes on, and what it cannot find any more.
struct ReplayStart {
  std::map<int, std::int64_t> next{};  ///< by partition of the topic as it is now
  struct Gap {
    int partition{};
    std::int64_t from{}, to{};  ///< offsets in [from, to) that were never replayed and are gone
  };
  std::vector<Gap> gaps{};
  std::string anew{};  ///< why the topic is not the one that was replayed or proved; "": it is
  [[nodiscard]] bool whole() const noexcept { return gaps.empty() && anew.empty(); }
  [[nodiscard]] std::uint64_t lost() const;  ///< at most; of a topic that was made anew, at least
};
/// A topic that does not exist ends before whatever was in it.
[[nodiscard]] ReplayStart replay_start(postgres::Connection&, const kafka::Settings&, const EventTable&, const ProvedTopic&, Listener&,
                                       const Deadline&);
/// What to say of a start that is not whole.
[[nodiscard]] Error removed_before_replay(const EventTable&, const ReplayStart&);
/// How many events of the topic are not replayed yet (offsets, an upper bound), by partition.
[[nodiscard]] std::map<int, std::int64_t> replay_behind(postgres::Connection&, const kafka::Settings&, const EventTable&, Listener&,
                                                        const Deadline&);

struct Difference {
  enum class What : unsigned char { missing, duplicate, altered, misplaced, extra } what{};
  std::int64_t id{};
  std::optional<std::pair<int, std::int64_t>> at{};  ///< partition, offset
};
[[nodiscard]] std::string_view to_string(Difference::What);
struct Parity {
  std::uint64_t rows{};         ///< in the table, without the ones a replay put there
  std::uint64_t in_topic{};     ///< events of this table's rows in the topic
  std::uint64_t application{};  ///< events in the topic that the application wrote
  std::uint64_t missing{}, duplicate{}, altered{}, misplaced{}, extra{};
  std::uint64_t waiting{};  ///< rows without an event that the mover has not come to yet: no difference, and no proof either
  /// Events that a repair of this tool has brought, by what it committed with them (repaired.hpp) and not by what they say of themselves:
  /// they come after later ones of their key, and are in order among themselves.
  std::uint64_t repaired{};
  /// Rows of which their event does not carry all, so that a comparison cannot see it either: times with microseconds where the event has
  /// milliseconds.
  std::uint64_t below_millisecond{};
  std::vector<Difference> differences{};   ///< the first 100
  std::array<IdSet, 5> ids{};              ///< of all differences, by their kind
  IdSet holes{};                           ///< the ids of all rows that have no event
  std::optional<std::int64_t> moved_to{};  ///< the checkpoint's last id; nullopt: no mover has written to the topic
  std::map<int, std::int64_t> ends{};      ///< offsets up to which the topic was read
  /// Of the ids of the rows that were compared: it is the same whenever the table holds the same ids, and says nothing of
  /// what else is in the rows. Their contents were compared under a key that nobody knows any more.
  std::string digest{};
  [[nodiscard]] bool differs() const noexcept { return missing + duplicate + altered + misplaced + extra > 0; }
  [[nodiscard]] bool equal() const noexcept { return !differs() && waiting == 0; }
};
struct ReconcileOptions {
  std::optional<std::int64_t> from_id{};  ///< only rows from this id on
  /// With from_id: the topic from its beginning. Else from the first record that is as young as the oldest of these rows, where that is
  /// known: what was written with a wrong, earlier time is then not seen. Markers of transactions are as young as their commit, so that
  /// this spares much only for rows that were moved soon after they came.
  bool whole_topic{};
  std::function<void(const Difference&)> each{};  ///< told of all of them
};
/// Compares every row of the table with every event of the topic: ids (complete sets), contents and times, partition of the key, order per
/// key. Independent of who moved them. Contents by 128 bits under a secret of the call: whoever knows this code can no more make one
/// content pass for another than whoever does not. A second row with an id that was there (children of INHERITS) is missing: ids tell
/// events apart. An event that a replay has made a row of is the application's, whatever it says of itself. `table` says where the rows are
/// now (its schema may be that of retired tables).
[[nodiscard]] Parity reconcile(postgres::Connection&, const kafka::Settings&, const EventTable& table, const ReconcileOptions&, Listener&,
                               const Deadline&);
/// The first id whose row is not older than `since`; what comes after the last one if all are; nullopt for an empty table. Error{refused}
/// for a table without a time column.
[[nodiscard]] std::optional<std::int64_t> first_id_since(postgres::Connection&, const EventTable&, Millis since, const Deadline&);

/// The same of so many rows, evenly drawn from those that were moved; of the others it says nothing, and there is no `extra`. It spares the
/// table, but reads the whole topic: in one that was filled from a table times do not lead to a record, since the markers of transactions,
/// which the broker finds as well, have the time of their commit.
[[nodiscard]] Parity reconcile_sample(postgres::Connection&, const kafka::Settings&, const EventTable& table, std::int64_t rows,
                                      const ReconcileOptions&, Listener&, const Deadline&);

/// On an event that came after later ones of its key, for those who read the topic: the time of the repair. The tool itself does not
/// believe it, for anybody can write one.
inline constexpr std::string_view repair_header = "mykartctl-repair";

struct Repaired {
  std::uint64_t rows{};     ///< sent
  std::uint64_t arrived{};  ///< had come into the topic since it was compared
};
/// Sends what `seen` found missing, exactly once: fences every mover of the table (which looks up its checkpoint and goes on, as after any
/// interruption) and reads what has come into the topic since, before it sends. Nothing else is taken back or changed: a log cannot.
/// Error{busy} when a Mover has taken over; Error{refused} without a checkpoint.
Repaired repair(const postgres::Target& source, const kafka::Settings&, const EventTable&, const Parity& seen, Listener&, const Deadline&);

struct Adopted {
  std::uint64_t events{};                 ///< of the table, found in the topic
  std::uint64_t missing{};                ///< rows at or below `last_id` without one: a repair sends them
  std::optional<std::int64_t> last_id{};  ///< nullopt: there was nothing to adopt
};
/// Makes the events of the table that are in its topic, whoever has sent them, the beginning of its copy: fences every mover, proves that
/// none of them is duplicate, altered, misplaced or extra, and writes the checkpoint in a transaction. Error{mismatch} with what differs;
/// Error{refused} when there is a checkpoint, or somebody goes on writing such events.
Adopted adopt(const postgres::Target& source, const kafka::Settings&, const EventTable&, Listener&, const Deadline&);

/// The other direction: every event that the application wrote up to the replayed offsets is a row (mapping present, row there with
/// the content that was written) or a dead letter.
struct ReplayParity {
  std::uint64_t events{}, rows{}, dead{}, filtered{}, from_table{}, missing{};
  std::uint64_t changed{};                ///< rows that are not what was written; they count neither as rows nor as missing
  std::vector<Difference> differences{};  ///< the first 100 that are changed or missing; of a missing one the id is 0
  bool balanced{};
};
[[nodiscard]] ReplayParity reconcile_replay(postgres::Connection&, const kafka::Settings&, const EventTable&, Listener&, const Deadline&);

}  // namespace ctl::transfer
