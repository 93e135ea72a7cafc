#pragma once
#include <optional>
#include <string>

#include "transfer/checkpoint.hpp"
#include "transfer/topic_now.hpp"

namespace ctl::transfer {

/// Error{refused} when the topic cannot be the one that the checkpoint speaks of: it has another id, ends before an offset that was
/// reached, holds fewer records than were written, or its number of partitions (and with it the place of each key) has changed.
void check_same_topic(const Checkpoint&, const EventTable&, const Offsets& ends, const std::optional<std::string>& topic_id);

/// Error{refused}: the topic that was copied to does not exist any more.
[[noreturn]] void refuse_missing_topic(const Checkpoint&, const EventTable&);

/// Error{refused} when the table's ids begin anew: its highest one (nullopt: it is empty) lies below what was copied.
void check_newest(const Checkpoint&, const EventTable&, std::optional<std::int64_t> newest);
/// The same when its sequence lies below it, so that what comes would. `info` must be younger than the checkpoint.
void check_sequence(const Checkpoint&, const EventTable&, const TableInfo& info, std::optional<std::int64_t> newest);

/// Error{refused} when there are committed events of the table's rows in the topic below `to`, of which no checkpoint tells. Reads from
/// `from` until the first one; a topic without a record costs nothing.
void check_unfilled(const kafka::Settings&, const EventTable&, Offsets from, const Offsets& to, Listener&, const Deadline&);

}  // namespace ctl::transfer
