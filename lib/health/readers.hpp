#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kafka/cluster.hpp"
#include "model/project.hpp"

namespace ctl::health {

[[nodiscard]] std::vector<std::string> event_topics(const Project&);  ///< those that have a source table, in its order

/// Whether a group has committed to the topic, or a member is assigned it now. What is not known of the group is not counted.
[[nodiscard]] bool reads(const kafka::Group&, const std::map<std::string, Known<kafka::Commits>>& commits, const std::string& topic);

/// The groups that will meet what comes into these topics, by topic and name. Consumers that commit nowhere are not known to Kafka.
[[nodiscard]] std::map<std::string, std::vector<std::string>> readers(kafka::Cluster&, std::span<const std::string> topics,
                                                                      const Deadline&);

}  // namespace ctl::health
