#include "model/project.hpp"

#include <algorithm>

#include "model/include_list.hpp"

namespace ctl {

namespace {

/// As SQL needs it around everything that a dotted, comma-separated text could not hold otherwise.
std::string quoted_if_needed(std::string_view part) {
  if (part.find_first_of(".,\"' \t\n") == std::string_view::npos) return std::string{part};
  std::string text{'"'};
  for (const char c : part) text.append(c == '"' ? 2 : 1, c);
  return text += '"';
}

/// Up to the separator, which is taken away with it; quotes keep it inside.
std::string take_part(std::string_view& rest, char separator) {
  std::string part;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size() && (quoted || rest[i] != separator); ++i) {
    if (rest[i] != '"') {
      part += rest[i];
    } else if (quoted && i + 1 < rest.size() && rest[i + 1] == '"') {
      part += rest[++i];
    } else {
      quoted = !quoted;
    }
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return part;
}

}  // namespace

std::string to_string(const TableName& table) { return quoted_if_needed(table.schema) + "." + quoted_if_needed(table.name); }

TableName table_name(std::string_view qualified) {
  auto rest = qualified;
  auto first = take_part(rest, '.');
  if (rest.empty()) return {"public", std::move(first)};
  auto name = take_part(rest, '\0');
  return {std::move(first), std::move(name)};
}

std::vector<TableName> table_names(std::string_view list) {
  std::vector<TableName> tables;
  bool quoted = false;
  for (std::size_t begin = 0, i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '"') quoted = !quoted;
    if (i < list.size() && (quoted || list[i] != ',')) continue;
    if (i > begin) tables.push_back(table_name(list.substr(begin, i - begin)));
    begin = i + 1;
  }
  return tables;
}

std::string ConnectorSpec::get(std::string_view key, std::string_view otherwise) const {
  const auto found = config.find(key);
  return found == config.end() ? std::string{otherwise} : found->second;
}

std::vector<TableName> ConnectorSpec::tables() const {
  std::vector<TableName> included;
  for (const auto& entry : include_entries(get("table.include.list"))) {
    const auto one = included_table(entry);
    included.push_back(one ? one->table : table_name(entry));
  }
  return included;
}

std::vector<TableName> Project::core_tables() const {
  std::vector<TableName> core;
  for (const auto& t : topics)
    if (!t.captures.empty()) core.push_back(table_name(t.captures));
  std::sort(core.begin(), core.end());
  return core;
}

const TopicSpec* Project::topic(std::string_view name) const noexcept {
  const auto found = std::find_if(topics.begin(), topics.end(), [&](const TopicSpec& t) { return t.name == name; });
  return found == topics.end() ? nullptr : &*found;
}

const EventTable* Project::table_of(std::string_view topic) const noexcept {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const EventTable& t) { return t.topic == topic; });
  return found == tables.end() ? nullptr : &*found;
}

}  // namespace ctl
