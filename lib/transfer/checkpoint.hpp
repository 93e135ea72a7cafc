#pragma once
#include <string>

#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

[[nodiscard]] std::string to_bytes(const Checkpoint&, const EventTable&);
[[nodiscard]] Checkpoint checkpoint_from(std::string_view bytes);  ///< throws Error{failed} for anything that to_bytes has not written

/// Makes the checkpoint topic if it is absent, as safe as the topic whose progress it keeps. One that is there must be compacted:
/// Error{refused}.
void ensure_checkpoint_topic(kafka::Cluster&, const std::string& topic, const Deadline&);

/// Error{refused} when the topic cannot be the one that the checkpoint speaks of: it ends before an offset that was reached, holds fewer
/// records than were written, or its number of partitions (and with it the place of each key) has changed.
void check_same_topic(const Checkpoint&, const EventTable&, const Offsets& ends);

}  // namespace ctl::transfer
