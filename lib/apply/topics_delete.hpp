#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "apply/desk.hpp"
#include "health/topics.hpp"

namespace ctl {

/// Deleting topics, one exact name each: the only way in which the tool takes records away that people wrote.
struct TopicRemovals {
  health::TopicSights sights{};
  std::vector<Step> steps{};  ///< in the order of `names`; blocked: what stands against it
};
/// Blocked: internal topics, the tool's own and Connect's, topics that a running migration needs (or when nobody can tell), a group that
/// has members and reads it, an event younger than `recent`. Throws Error{not_found} for a topic that is not there.
[[nodiscard]] TopicRemovals topic_removals(Sources&, const std::vector<std::string>& names, std::chrono::milliseconds recent,
                                           const Deadline&);
/// TOPIC RECORDS≤ BYTES LAST-EVENT GROUPS VERDICT; sizes in bytes are not to be had by librdkafka (KIP-113 is not in it).
[[nodiscard]] Report report(const TopicRemovals&, const Project&);

/// Deletes what `removals` names in a run of its own, and waits until each is gone.
void delete_topics(Sources&, const TopicRemovals& removals, const Plan&, const Deadline&);

}  // namespace ctl
