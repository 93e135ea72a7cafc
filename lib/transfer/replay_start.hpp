#pragma once
#include <string>
#include <vector>

#include "transfer/topic_now.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

/// How far the journal says that a topic was replayed into a table.
struct ReplayedTo {
  Offsets start{}, next{};
  std::optional<std::string> topic_id{};
};
[[nodiscard]] ReplayedTo replayed_to(postgres::Connection&, const EventTable&, const Deadline&);  ///< empty without a journal

/// Where a replay goes on. Pure.
[[nodiscard]] ReplayStart judge_start(const ReplayedTo&, const ProvedTopic&, const TopicNow&);
/// "partition 0 offsets 3 to 9, partition 2 …".
[[nodiscard]] std::string to_string(const std::vector<ReplayStart::Gap>&);

}  // namespace ctl::transfer
