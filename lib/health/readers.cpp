#include "health/readers.hpp"

#include <algorithm>
#include <set>

namespace ctl::health {

std::map<std::string, std::vector<std::string>> readers(kafka::Cluster& cluster, std::span<const std::string> topics,
                                                        const Deadline& until) {
  std::map<std::string, std::set<std::string>> found;
  const auto add = [&](const std::string& topic, const std::string& group) {
    if (std::find(topics.begin(), topics.end(), topic) != topics.end()) found[topic].insert(group);
  };
  std::vector<std::string> names;
  for (const auto& group : cluster.groups(until)) {
    names.push_back(group.name);
    if (!group.members) continue;
    for (const auto& member : *group.members)
      for (const auto& partition : member.assigned) add(partition.topic, group.name);
  }
  for (const auto& [group, commits] : cluster.committed(names, until))
    if (commits)
      for (const auto& [partition, next] : *commits) add(partition.topic, group);

  std::map<std::string, std::vector<std::string>> sorted;
  for (auto& [topic, groups] : found) sorted.emplace(topic, std::vector<std::string>{groups.begin(), groups.end()});
  return sorted;
}

}  // namespace ctl::health
