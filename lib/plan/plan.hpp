#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "model/step.hpp"
#include "model/topic.hpp"

/// Room plan: what has to be done, as a pure function of what is wanted and what was seen. No I/O, no clock, no randomness, no hash order;
/// equal arguments give equal bytes. It knows no client.
namespace ctl::plan {

/// A config the tool holds at another value until `finalize` (retention during a migration). Part of what is wanted, so that
/// `topics plan` does not propose to take the hold away.
struct Hold {
  std::string topic{}, key{}, value{};
  bool operator==(const Hold&) const = default;
};

/// What it takes to bring topics to what is wanted: create, change configs, add partitions; `blocked` for fewer partitions, another
/// replication, an unreadable topic. Ordered by name. Topics that are as wanted give no step; topics that are not wanted are not looked at.
[[nodiscard]] std::vector<Step> topics(std::span<const TopicSpec> wanted, std::span<const Hold> holds,
                                       const std::map<std::string, Known<TopicState>>& seen);

}  // namespace ctl::plan
