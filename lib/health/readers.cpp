#include "health/readers.hpp"

#include <algorithm>

namespace ctl::health {

std::vector<std::string> event_topics(const Project& project) {
  std::vector<std::string> names;
  for (const auto& table : project.tables) names.push_back(table.topic);
  return names;
}

bool reads(const kafka::Group& group, const std::map<std::string, Known<kafka::Commits>>& commits, const std::string& topic) {
  const auto found = commits.find(group.name);
  if (found != commits.end() && found->second &&
      std::any_of(found->second->begin(), found->second->end(), [&](const auto& c) { return c.first.topic == topic; }))
    return true;
  return group.members && std::any_of(group.members->begin(), group.members->end(), [&](const kafka::Member& m) {
           return std::any_of(m.assigned.begin(), m.assigned.end(), [&](const auto& p) { return p.topic == topic; });
         });
}

std::map<std::string, std::vector<std::string>> readers(kafka::Cluster& cluster, std::span<const std::string> topics,
                                                        const Deadline& until) {
  const auto groups = cluster.groups(until);
  std::vector<std::string> names;
  for (const auto& group : groups) names.push_back(group.name);
  const auto commits = cluster.committed(names, until);
  std::map<std::string, std::vector<std::string>> found;
  for (const auto& topic : topics)
    for (const auto& group : groups)
      if (reads(group, commits, topic)) found[topic].push_back(group.name);
  return found;
}

}  // namespace ctl::health
