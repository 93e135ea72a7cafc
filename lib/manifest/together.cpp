#include <fmt/format.h>

#include <map>

#include "manifest/readers.hpp"

namespace ctl::manifest {
namespace {

struct Use {
  std::string topic{};
  bool moved{};  ///< else captured
};

void check_tables(const Project& project, Problems& problems) {
  std::map<TableName, Use> uses;
  const auto use = [&](const TableName& table, const std::string& topic, bool moved, const Position& at) {
    const auto [first, fresh] = uses.try_emplace(table, Use{topic, moved});
    if (fresh) return;
    const auto word = [](bool m) { return m ? "moved" : "captured"; };
    problems.push_back({.what = first->second.moved == moved
                                    ? fmt::format("{} is {} to '{}' as well", to_string(table), word(moved), first->second.topic)
                                    : fmt::format("{} is {} to '{}' and {} to '{}'", to_string(table), word(first->second.moved),
                                                  first->second.topic, word(moved), topic),
                        .at = at,
                        .hint = "a table has one topic",
                        .rule = "table-twice"});
  };
  for (const auto& table : project.tables) use(table.table, table.topic, true, table.at);
  for (const auto& topic : project.topics)
    if (!topic.captures.empty()) use(table_name(topic.captures), topic.name, false, topic.at);
}

/// Kafka names metrics with '_' in place of '.', and refuses a topic whose name would become another one's
/// (org.apache.kafka.common.internals.Topic.hasCollision).
void check_collisions(const Project& project, Problems& problems) {
  std::map<std::string, std::string> first;
  for (const auto& topic : project.topics) {
    auto metric = topic.name;
    for (auto& c : metric)
      if (c == '.') c = '_';
    const auto [found, fresh] = first.try_emplace(metric, topic.name);
    if (!fresh)
      problems.push_back(
          {.what = fmt::format("'{}' and '{}' are one name to Kafka's metrics, it refuses the second", found->second, topic.name),
           .at = topic.at,
           .hint = "the names differ only in . and _",
           .rule = "topic-collision"});
  }
}

}  // namespace

void check_together(const Project& project, Problems& problems) {
  check_tables(project, problems);
  check_collisions(project, problems);
}

}  // namespace ctl::manifest
