#pragma once
#include <functional>

#include "transfer/checkpoint.hpp"
#include "transfer/codec.hpp"
#include "transfer/id_set.hpp"
#include "transfer/provenance.hpp"
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
    std::uint64_t content{};  ///< of id, key, value and time
    bool encoded{};           ///< false: it cannot be an event, and only the id is filled
  };
  struct Event {
    std::int64_t id{};
    std::string_view key{};
    std::uint64_t content{};  ///< as of the row that it was made from
    int partition{};
    std::int64_t offset{};
    bool repaired{};  ///< it has the header of a repair
  };
  void each_row(WhichRows, const std::function<void(const Row&)>&);  ///< in order of the id
  /// Committed ones; `other` is told of each record that is not of this table.
  void each_event(const Offsets& from, const Offsets& to, const std::function<void(const Event&)>&,
                  const std::function<void()>& other = {}) const;

  [[nodiscard]] Offsets offsets(kafka::Cluster::At) const;
  [[nodiscard]] Offsets offsets(Millis) const;
  [[nodiscard]] std::optional<std::int64_t> moved_to() const;  ///< the last id of the checkpoint
  /// Records carry the time that their writer gave them, and every row that was read has one.
  [[nodiscard]] bool timed() const noexcept { return stamped_ && !some_untimed_; }
  [[nodiscard]] const TableInfo& info() const noexcept { return info_; }

 private:
  [[nodiscard]] Row compared(Encoder&, postgres::CopyReader::Row);

  postgres::Connection& session_;
  const kafka::Settings& settings_;
  const EventTable& table_;
  Listener& listener_;
  const Deadline& until_;
  TableInfo info_;
  mutable kafka::Cluster cluster_;
  mutable Provenance provenance_;
  bool stamped_{};
  bool some_untimed_{};
  IdSet untimed_{};  ///< rows without a time: their events were stamped when they were moved
};

}  // namespace ctl::transfer
