#pragma once
#include "model/event_table.hpp"
#include "transfer/topic_scan.hpp"

namespace ctl::transfer {

/// What a reader of a topic finds of one table: events of its rows, and of how many rows.
struct EventCount {
  std::uint64_t events{}, ids{};
  std::optional<std::pair<int, std::int64_t>> first{};  ///< partition and offset of one of them
  [[nodiscard]] std::uint64_t duplicates() const noexcept { return events - ids; }
};

/// Reads the committed records in [from, to) and counts; compares nothing. `info` is of the table, wherever it is now.
[[nodiscard]] EventCount count_events(const kafka::Settings&, const EventTable&, const Offsets& from, const Offsets& to, Listener&,
                                      const Deadline&);

}  // namespace ctl::transfer
