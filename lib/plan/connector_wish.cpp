#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "model/include_list.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_lint.hpp"
#include "plan/connector_topics.hpp"
#include "plan/connectors.hpp"

namespace ctl::plan {
namespace {

constexpr std::string_view mark = "${mykartctl:";

/// `value` with every reference of the tool replaced; `secret` becomes true when one of them was.
std::string resolve(const ConnectorSpec& spec, const std::string& key, std::string_view value, const LookUp& look_up, bool& secret) {
  std::string resolved;
  for (;;) {
    const auto begin = value.find(mark);
    const auto end = begin == std::string_view::npos ? begin : value.find('}', begin);
    if (end == std::string_view::npos) return resolved.append(value);
    const auto reference = value.substr(begin + mark.size(), end - begin - mark.size());
    const auto colon = reference.find(':');
    const auto kind = reference.substr(0, colon),
               argument = colon == std::string_view::npos ? std::string_view{} : reference.substr(colon + 1);
    const auto found = look_up(kind, argument);
    if (!found) {
      const auto place = spec.key_at.find(key);
      throw Error{Code::config,
                  {.what = fmt::format("{} of connector {} refers to {}{}}}, which has no value", key, spec.name, mark, reference),
                   .where = to_string(place == spec.key_at.end() ? spec.at : place->second),
                   .hint = "env:NAME, file:PATH, or database:hostname, database:port, database:dbname"}};
    }
    secret = secret || kind != "database";
    resolved.append(value.substr(0, begin)).append(*found);
    value.remove_prefix(end + 1);
  }
}

TopicSpec topic_for(const Project& project, const std::string& name) {
  if (const auto* declared = project.topic(name)) return *declared;
  TopicSpec topic;
  topic.name = name;
  topic.partitions = topic.replication = 1;
  const auto sibling = std::find_if(project.topics.begin(), project.topics.end(), [](const TopicSpec& t) { return !t.captures.empty(); });
  if (sibling == project.topics.end()) return topic;
  topic.family = sibling->family;
  topic.partitions = sibling->partitions;
  topic.replication = sibling->replication;
  topic.config = sibling->config;
  const auto family =
      std::find_if(project.families.begin(), project.families.end(), [&](const Family& f) { return f.name == topic.family; });
  if (family == project.families.end()) return topic;
  topic.partitions = family->partitions;
  topic.replication = family->replication;
  topic.config = family->config;
  return topic;
}

}  // namespace

WantedConnector resolve(const ConnectorSpec& spec, const LookUp& look_up) {
  WantedConnector wanted{.spec = spec};
  for (auto& [key, value] : wanted.spec.config) {
    bool secret = false;
    value = resolve(spec, key, value, look_up, secret);
    if (secret) wanted.secret.insert(key);
  }
  wanted.spec.config.erase("name");  // the worker adds it
  return wanted;
}

ConnectorSpec with_tables(ConnectorSpec spec, const std::vector<TableName>& tables) {
  const auto there = spec.tables();
  auto entries = include_entries(spec.get("table.include.list"));
  for (const auto& table : tables)
    if (std::find(there.begin(), there.end(), table) == there.end()) entries.push_back(include_entry(table));
  spec.config["table.include.list"] = join(entries, ",");
  return spec;
}

std::vector<TopicSpec> topics_of(const ConnectorSpec& spec, const Project& project) {
  std::vector<TopicSpec> topics;
  if (!is_postgres(spec)) return topics;
  for (const auto& table : spec.tables())
    if (const auto name = topic_of(spec, table)) topics.push_back(topic_for(project, *name));
  if (const auto name = heartbeat_topic(spec); !name.empty()) {
    TopicSpec heartbeats;
    heartbeats.name = name;
    heartbeats.partitions = 1;
    heartbeats.replication = topics.empty() ? 1 : topics.front().replication;
    heartbeats.config = {{"cleanup.policy", "compact"}};  // one key; only the last one matters
    topics.push_back(std::move(heartbeats));
  }
  return topics;
}

}  // namespace ctl::plan
