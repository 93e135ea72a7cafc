#pragma once
#include <vector>

#include "journal/journal.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {

/// What the comparison before a switch has proved of a table's topic; empty without one.
[[nodiscard]] transfer::ProvedTopic proved_topic(const std::vector<Seal>&, const EventTable&);

}  // namespace ctl::health
