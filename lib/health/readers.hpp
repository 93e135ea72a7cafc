#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kafka/cluster.hpp"

namespace ctl::health {

/// The groups that will meet what comes into these topics, by topic and name: they have committed to one of them, or a member is assigned
/// one now. Consumers that commit nowhere are not known to Kafka. What cannot be asked of one group leaves that one out.
[[nodiscard]] std::map<std::string, std::vector<std::string>> readers(kafka::Cluster&, std::span<const std::string> topics,
                                                                      const Deadline&);

}  // namespace ctl::health
