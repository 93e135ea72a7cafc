#pragma once
#include "model/event_table.hpp"
#include "postgres/connection.hpp"
#include "transfer/topic_scan.hpp"

namespace ctl::transfer {

/// What a reader of a topic finds of one table: events of its rows, and of how many rows.
struct EventCount {
  std::uint64_t events{}, ids{};
  [[nodiscard]] std::uint64_t duplicates() const noexcept { return events - ids; }
};

/// Reads the committed records in [from, to) and counts those that a comparison would take for rows of the table, which is where it is now;
/// compares nothing.
[[nodiscard]] EventCount count_events(postgres::Connection&, const kafka::Settings&, const EventTable&, const Offsets& from,
                                      const Offsets& to, Listener&, const Deadline&);

}  // namespace ctl::transfer
