#pragma once
#include <functional>

#include "transfer/checkpoint.hpp"
#include "transfer/codec.hpp"
#include "transfer/content_hash.hpp"
#include "transfer/id_set.hpp"
#include "transfer/provenance.hpp"
#include "transfer/repaired.hpp"
#include "transfer/rows.hpp"

namespace ctl::transfer {

void note(Parity&, const Difference&, const ReconcileOptions&);  ///< counts and tells it, and keeps the first ones

/// A table and its topic, read so that a row and its event can be compared. Rows first: only they tell which events can have any time.
class Sides {
 public:
  /// Keeps all references.
  Sides(postgres::Connection&, const kafka::Settings&, const EventTable&, Listener&, const Deadline&);

  struct Row {
    std::int64_t id{};
    std::optional<Millis> time{};  ///< that its event must have
    std::string_view key{};
    Hash128 content{};         ///< of id, key, value and time
    bool changed{};            ///< a replay wrote another row under this id, of an event that is in the topic
    bool encoded{};            ///< false: it cannot be an event, and only the id is filled
    bool below_millisecond{};  ///< Encoder::Event
  };
  struct Event {
    std::int64_t id{};
    std::optional<std::string_view> key{};
    Hash128 content{};  ///< as of the row that it was made from
    int partition{};
    std::int64_t offset{};
    std::size_t repair{};  ///< which repair brought it (RepairedEvents); 0: none
  };
  /// Where a part of the rows ended.
  struct Next {
    WhichRows which{};
    std::optional<std::int64_t> last{};  ///< the id of the last row,
    std::uint64_t of_last{};             ///< and how many rows with it were read: more than one where ids are not unique
  };
  /// Some rows in order of the id, and where to go on; nullopt: they were the last ones. Memory does not grow with their number.
  [[nodiscard]] std::optional<Next> some_rows(Next, const std::function<void(const Row&)>&);
  void each_row(const WhichRows&, const std::function<void(const Row&)>&);  ///< all of them
  /// Committed ones; `other` is told of each record that is not of this table's rows.
  void each_event(const Offsets& from, const Offsets& to, const std::function<void(const Event&)>&,
                  const std::function<void()>& other = {}) const;
  /// What orders events is the order of those that have the same: the key within a partition, and which repair brought them.
  [[nodiscard]] Hash128 sequence_of(const Event&) const;

  [[nodiscard]] Offsets offsets(kafka::Cluster::At) const;
  [[nodiscard]] Offsets offsets(Millis) const;
  [[nodiscard]] std::optional<std::int64_t> moved_to() const;  ///< the last id of the checkpoint
  /// Records carry the time that their writer gave them, and every row that was read has one.
  [[nodiscard]] bool timed() const noexcept { return stamped_ && !some_untimed_; }
  [[nodiscard]] const TableInfo& info() const noexcept { return info_; }

 private:
  [[nodiscard]] Row compared(Encoder&, postgres::CopyReader::Row);
  [[nodiscard]] bool became_row(const kafka::Message&) const;

  postgres::Connection& session_;
  const kafka::Settings& settings_;
  const EventTable& table_;
  Listener& listener_;
  const Deadline& until_;
  TableInfo info_;
  mutable kafka::Cluster cluster_;
  mutable Provenance provenance_;
  ContentHash hash_{};
  Identity identity_;
  RepairedEvents repaired_;
  std::map<int, IdSet> became_rows_;  ///< by partition, the offsets of events that a replay has made rows of
  bool stamped_{};
  bool some_untimed_{};
  IdSet untimed_{};  ///< rows without a time: their events were stamped when they were moved
};

}  // namespace ctl::transfer
