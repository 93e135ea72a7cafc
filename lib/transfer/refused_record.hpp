#pragma once
#include <cstdint>
#include <optional>

#include "core/error.hpp"
#include "kafka/cluster.hpp"
#include "transfer/codec.hpp"
#include "transfer/record_limits.hpp"

namespace ctl::transfer {

/// Of the records of a transaction those that a broker's limits meet first: it refuses a batch and names no record.
struct RecordExtremes {
  struct Of {
    std::int64_t id{}, value{};
  };
  std::optional<Of> latest{}, earliest{};  ///< by their time, ms since 1970
  Of largest{};                            ///< by record_bytes()

  void add(const Encoder::Event& event) {
    const auto bytes = record_bytes(event.key.size(), event.value.size());
    if (bytes > largest.value) largest = {event.id, bytes};
    if (!event.time_ms) return;
    if (!latest || *event.time_ms > latest->value) latest = {event.id, *event.time_ms};
    if (!earliest || *event.time_ms < earliest->value) earliest = {event.id, *event.time_ms};
  }
};

/// The error of a record that was refused for its time or its size, with row, value, limit and remedy; any other one as it is.
[[nodiscard]] Error explained(const Error&, kafka::Cluster&, const kafka::Settings&, const EventTable&, const RecordExtremes&,
                              const Deadline&);

}  // namespace ctl::transfer
