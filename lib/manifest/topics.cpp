#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "manifest/names.hpp"
#include "manifest/readers.hpp"

namespace ctl::manifest {
namespace {

constexpr int most_partitions = 10'000, most_replicas = 100;

/// What a topic gets when neither it nor its family says anything.
struct Defaults {
  int partitions{}, replication{};  ///< 0: nothing was said
  Config config{};
  std::map<std::string, Position, std::less<>> config_at{};
};

void read_numbers(Fields& fields, int& partitions, int& replication) {
  // 1 for what cannot be read: that was said, and nobody misses the number
  if (fields.has("partitions")) partitions = static_cast<int>(fields.integer_if("partitions", 1, most_partitions).value_or(1));
  if (fields.has("replication")) replication = static_cast<int>(fields.integer_if("replication", 1, most_replicas).value_or(1));
}

Defaults read_defaults(Fields& top, Problems& problems) {
  Defaults defaults;
  const auto* map = top.map_if("defaults");
  if (map == nullptr) return defaults;
  Fields fields{*map, problems};
  read_numbers(fields, defaults.partitions, defaults.replication);
  read_config(fields, defaults.config, defaults.config_at, problems);
  return defaults;
}

Family read_family(const Member& member, const Defaults& defaults, Problems& problems) {
  Family family{.name = member.key,
                .partitions = defaults.partitions,
                .replication = defaults.replication,
                .config = defaults.config,
                .config_at = defaults.config_at,
                .at = member.key_at};
  Fields fields{member.value, problems};
  family.pattern = fields.text("pattern");
  if (!family.pattern.empty() && !is_pattern(family.pattern))
    fields.wrong("pattern", "pattern", fmt::format("'{}' is no pattern of topic names", family.pattern),
                 "letters, digits, . _ - and * for one or more of them");
  family.description = fields.text_if("description").value_or("");
  read_numbers(fields, family.partitions, family.replication);
  read_config(fields, family.config, family.config_at, problems);
  return family;
}

/// The family whose pattern the name has; a Problem if there is not exactly one, or if the topic says another.
const Family* family_of(const std::string& topic, Fields& fields, const Position& at, const std::vector<Family>& families,
                        Problems& problems) {
  std::vector<const Family*> matching;
  std::vector<std::string> names, patterns;
  for (const auto& family : families) {
    names.push_back(family.name);
    patterns.push_back(fmt::format("{} ({})", family.pattern, family.name));
    if (matches(family.pattern, topic)) matching.push_back(&family);
  }
  const auto said = fields.has("family") ? fields.choice("family", names, names.size()) : names.size();
  const auto* wanted = said < families.size() ? &families[said] : nullptr;
  if (matching.empty()) {
    problems.push_back({.what = fmt::format("the name '{}' has the pattern of no family", topic),
                        .at = at,
                        .hint = "patterns: " + join(patterns, ", "),
                        .rule = "family"});
    return wanted;
  }
  if (wanted != nullptr && std::find(matching.begin(), matching.end(), wanted) == matching.end()) {
    fields.wrong("family", "family", fmt::format("by its name '{}' is of family {}, not of {}", topic, matching[0]->name, wanted->name),
                 fmt::format("{} is for {}", wanted->name, wanted->pattern));
    return wanted;
  }
  if (wanted == nullptr && matching.size() > 1)
    problems.push_back({.what = fmt::format("the name '{}' has the patterns of {} and {}", topic, matching[0]->name, matching[1]->name),
                        .at = at,
                        .hint = "say which with 'family'",
                        .rule = "family"});
  return wanted != nullptr ? wanted : matching[0];
}

/// Keys of events are not unique: of each key the cleaner would keep one event.
void refuse_compaction(const TopicSpec& topic, const EventTable& table, Problems& problems) {
  const auto policy = topic.config.find("cleanup.policy");
  if (policy == topic.config.end()) return;
  const auto words = split(policy->second, ',');
  if (std::find(words.begin(), words.end(), "compact") == words.end()) return;
  problems.push_back({.what = fmt::format("'{}' takes the rows of {}, and cleanup.policy {} keeps only the last event of each key",
                                          topic.name, to_string(table.table), policy->second),
                      .at = topic.config_at.at("cleanup.policy"),
                      .hint = "cleanup.policy: delete",
                      .rule = "compacted-source"});
}

TopicSpec read_topic(const Member& member, Project& project, Problems& problems) {
  TopicSpec topic{.name = member.key, .at = member.key_at};
  if (const auto why = illegal_name(topic.name); !why.empty())
    problems.push_back(
        {.what = fmt::format("Kafka takes no topic named '{}': {}", topic.name, why), .at = topic.at, .hint = {}, .rule = "topic-name"});

  Fields fields{member.value, problems};
  topic.description = fields.text("description");
  topic.owner = fields.text("owner");
  topic.consumers = fields.texts("consumers");
  if (const auto* family = family_of(topic.name, fields, topic.at, project.families, problems)) {
    topic.family = family->name;
    topic.partitions = family->partitions;
    topic.replication = family->replication;
    topic.config = family->config;
    topic.config_at = family->config_at;
  }
  read_numbers(fields, topic.partitions, topic.replication);
  read_config(fields, topic.config, topic.config_at, problems);
  for (const auto& [what, number] : {std::pair{"partitions", topic.partitions}, {"replication", topic.replication}})
    if (number == 0 && !topic.family.empty() && !fields.has(what))
      problems.push_back({.what = fmt::format("'{}' is missing for '{}'", what, topic.name),
                          .at = topic.at,
                          .hint = "here, in its family or in defaults",
                          .rule = "missing-key"});
  const auto in_sync = topic.config.find("min.insync.replicas");
  if (in_sync != topic.config.end() && topic.replication > 0 && parse_integer(in_sync->second).value_or(0) > topic.replication)
    problems.push_back({.what = fmt::format("'{}' has replication {} and min.insync.replicas {}: nobody could write to it", topic.name,
                                            topic.replication, in_sync->second),
                        .at = topic.at,
                        .hint = {},
                        .rule = "min-insync"});

  topic.expect_empty = fields.has("expect") && fields.choice("expect", {"empty"}, 1) == 0;
  if (const auto captures = fields.text_if("captures")) {
    if (!is_captured_name(*captures))
      fields.wrong("captures", "table-name", fmt::format("'{}' is no table", *captures), R"(schema.table, in quotes where SQL needs them)");
    topic.captures = to_string(table_name(*captures));
  }
  const auto* source = fields.map_if("source");
  if (source != nullptr) {
    read_source(*source, topic.name, project, problems);
    refuse_compaction(topic, project.tables.back(), problems);
  }
  if ((topic.expect_empty ? 1 : 0) + (topic.captures.empty() ? 0 : 1) + (source != nullptr ? 1 : 0) > 1)
    problems.push_back(
        {.what = fmt::format("'{}' has more than one of source, captures and expect: its events have one origin", topic.name),
         .at = topic.at,
         .hint = {},
         .rule = "origin"});
  return topic;
}

void read_retired_schema(Fields& top, Project& project) {
  project.retired_schema = project.tables.empty() ? top.text_if("retired_schema").value_or("") : top.text("retired_schema");
  if (project.retired_schema.empty()) return;
  if (!is_identifier(project.retired_schema))
    top.wrong("retired_schema", "schema-name", fmt::format("'{}' is no name of a schema", project.retired_schema),
              "lower-case letters, digits and _");
  for (const auto& event_table : project.tables)
    if (project.retired_schema == event_table.table.schema || project.retired_schema == "mykartctl") {
      top.wrong("retired_schema", "schema-name", fmt::format("retired tables cannot live in '{}', it is in use", project.retired_schema),
                "a schema of their own");
      break;
    }
}

}  // namespace

void read_topics(std::string_view text, const std::string& file, Project& project, Problems& problems) {
  const auto root = parse_yaml(text, file, problems);
  if (!root) return;
  Fields top{*root, problems};
  if (root->map() == nullptr) return;
  top.integer("version", 1, 1);
  const auto defaults = read_defaults(top, problems);
  if (const auto* families = top.map_if("families"))
    for (const auto& member : *families->map()) project.families.push_back(read_family(member, defaults, problems));
  if (const auto* topics = top.map_if("topics"))
    for (const auto& member : *topics->map()) project.topics.push_back(read_topic(member, project, problems));
  read_retired_schema(top, project);
  for (const auto* key : {"families", "topics"})
    if (!top.has(key)) top.wrong(key, "missing-key", fmt::format("'{}' is missing", key));
  std::sort(project.topics.begin(), project.topics.end(), [](const TopicSpec& a, const TopicSpec& b) { return a.name < b.name; });
  std::sort(project.tables.begin(), project.tables.end(), [](const EventTable& a, const EventTable& b) { return a.topic < b.topic; });
  check_together(project, problems);
}

}  // namespace ctl::manifest
