#include "model/project.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace ctl {

std::string to_string(const TableName& table) { return table.schema + "." + table.name; }

TableName table_name(std::string_view qualified) {
  const auto dot = qualified.find('.');
  if (dot == std::string_view::npos) return {"public", std::string{qualified}};
  return {std::string{qualified.substr(0, dot)}, std::string{qualified.substr(dot + 1)}};
}

std::string ConnectorSpec::get(std::string_view key, std::string_view otherwise) const {
  const auto found = config.find(key);
  return found == config.end() ? std::string{otherwise} : found->second;
}

std::vector<TableName> ConnectorSpec::tables() const {
  std::vector<TableName> included;
  for (const auto& qualified : split(get("table.include.list"), ',')) included.push_back(table_name(qualified));
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
