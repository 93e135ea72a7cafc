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

}  // namespace ctl::transfer
