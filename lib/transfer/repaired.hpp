#pragma once
#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

/// What a transaction of a repair says of itself, in a record of the checkpoint topic that is committed with its events: these ids came
/// late, at or behind these offsets of this topic. A comparison believes this and no header, since whoever may write to a topic of events
/// can write headers, and cannot write here.
struct RepairNote {
  std::string repair{};    ///< all transactions of one repair have the same: the time when it began
  std::string topic_id{};  ///< "" where it could not be learnt
  Offsets from{};
  IdSet ids{};
};

/// Under which key of the checkpoint topic a note is kept: a key of its own, so that compaction leaves it.
[[nodiscard]] std::string key_of(const RepairNote&, const std::string& identity);
[[nodiscard]] std::string to_bytes(const RepairNote&);
/// Error{failed} for anything that to_bytes has not written.
[[nodiscard]] RepairNote repair_note_from(std::string_view bytes);

/// The topic's id, "" where the connection does not tell (TLS or SASL).
[[nodiscard]] std::string topic_id_of(kafka::Cluster&, const std::string& topic, const Deadline&);

/// What repairs have brought into a table's topic.
class RepairedEvents {
 public:
  /// Reads the notes of a table; those of an older topic of the same name are left out.
  RepairedEvents(const kafka::Settings&, kafka::Cluster&, const EventTable&, const std::string& identity, Listener&, const Deadline&);

  /// Which repair brought this event, counted from 1 in the order of their times; 0: none did.
  [[nodiscard]] std::size_t repair_of(std::int64_t id, int partition, std::int64_t offset) const {
    return notes_.empty() ? 0 : look_up(id, partition, offset);
  }

 private:
  struct Found {
    std::size_t repair{};
    RepairNote note{};
  };
  void add(std::size_t repair, RepairNote);
  [[nodiscard]] std::size_t look_up(std::int64_t id, int partition, std::int64_t offset) const;
  std::vector<Found> notes_{};
};

}  // namespace ctl::transfer
