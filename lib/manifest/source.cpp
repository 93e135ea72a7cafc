#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "manifest/names.hpp"
#include "manifest/readers.hpp"

namespace ctl::manifest {
namespace {

void add(Problems& problems, std::string rule, std::string what, const Position& at, std::string hint = {}) {
  problems.push_back({.what = std::move(what), .at = at, .hint = std::move(hint), .rule = std::move(rule)});
}

/// "- product_id", "- {name: x, column: y}" or "- {name: x, column: null}".
std::optional<Field> read_field(const Value& item, Problems& problems) {
  if (const auto* name = item.text()) return Field{*name, *name, item.at()};
  if (item.map() == nullptr) {
    add(problems, "wrong-type", fmt::format("a field is a name or {{name: …, column: …}}, found {}", kind_of(item)), item.at());
    return std::nullopt;
  }
  Fields fields{item, problems};
  Field field{fields.text("name"), {}, item.at()};
  const auto* column = item.find("column");
  field.column = column != nullptr && column->is_null() ? "" : fields.text_if("column").value_or(field.name);
  (void)fields.has("column");
  return field.name.empty() ? std::nullopt : std::optional{field};
}

void read_fields(Fields& source, EventTable& table, Problems& problems) {
  const auto* list = source.list_if("fields");
  if (list == nullptr) {
    if (!source.has("fields")) source.wrong("fields", "missing-key", "'fields' is missing", "the members of the event, in their order");
    return;
  }
  for (const auto& item : *list->list()) {
    auto field = read_field(item, problems);
    if (!field) continue;
    const auto same = [&](const Field& other) {
      return other.name == field->name || (!field->column.empty() && other.column == field->column);
    };
    if (const auto first = std::find_if(table.fields.begin(), table.fields.end(), same); first != table.fields.end())
      add(problems, "duplicate-field", fmt::format("'{}' is there twice", first->name == field->name ? field->name : field->column),
          field->at, fmt::format("the first one is in line {}", first->at.line));
    if (!field->column.empty() && !is_identifier(field->column))
      add(problems, "column-name", fmt::format("'{}' is no name of a column", field->column), field->at);
    if (field->name == table.id_field)
      add(problems, "id-field", fmt::format("'{}' is the member that tells where an event comes from; mykartctl adds it", field->name),
          field->at, "leave it out, or name another id_field");
    if (field->column == table.id_column && !table.id_column.empty())
      add(problems, "id-field", fmt::format("the id travels in '{}' and in no field of its own", table.id_field), field->at,
          "leave it out");
    table.fields.push_back(std::move(*field));
  }
}

bool has_column(const EventTable& table, std::string_view column) {
  return std::any_of(table.fields.begin(), table.fields.end(), [&](const Field& f) { return f.column == column; });
}

/// Every {column} of the key is a column that a field declares.
void check_key(Fields& source, const EventTable& table) {
  const std::string_view key{table.key_template};
  for (std::size_t at = 0; (at = key.find_first_of("{}", at)) != std::string_view::npos; ++at) {
    const auto end = key.find_first_of("{}", at + 1);
    if (key[at] == '}' || end == std::string_view::npos || key[end] == '{') {
      source.wrong("key", "key-template", fmt::format("the braces of '{}' do not match", key), "product-{product_id}");
      return;
    }
    const auto column = key.substr(at + 1, end - at - 1);
    if (!has_column(table, column)) {
      std::vector<std::string> columns;
      for (const auto& field : table.fields)
        if (!field.column.empty()) columns.push_back(field.column);
      source.wrong("key", "key-template", fmt::format("the key takes '{}', which is the column of no field", column),
                   did_you_mean(nearest(column, columns)));
    }
    at = end;
  }
}

bool is_zone(std::string_view zone) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
  return zone.find_first_not_of(allowed) == std::string_view::npos && zone[0] != '/' && zone[0] != '+' && zone[0] != '-' &&
         (zone[0] < '0' || zone[0] > '9');
}

}  // namespace

void read_source(const Value& source, const std::string& topic, Project& project, Problems& problems) {
  EventTable table{.topic = topic, .at = source.at()};
  Fields fields{source, problems};
  const auto name = fields.text("table");
  if (!name.empty() && !is_table_name(name)) fields.wrong("table", "table-name", fmt::format("'{}' is no table", name), "schema.table");
  table.table = table_name(name);
  table.id_column = fields.text("id");
  table.time_column = fields.text("time");
  table.time_zone = fields.text("time_zone");
  if (!table.time_zone.empty() && !is_zone(table.time_zone))
    fields.wrong("time_zone", "time-zone", fmt::format("'{}' is no time zone", table.time_zone), "UTC, or a name such as Europe/Berlin");
  if (const auto digits = fields.integer_if("time_digits", 3, 6)) {
    table.time_digits = static_cast<int>(*digits);
    if (*digits != 3 && *digits != 6)
      fields.wrong("time_digits", "out-of-range", fmt::format("'time_digits' is {}, it should be 3 or 6", *digits));
  }
  table.extra_fields = static_cast<EventTable::Extra>(fields.choice("extra_fields", {"drop", "jsonb"}, 0));
  if (const auto id_field = fields.text_if("id_field")) table.id_field = *id_field;
  read_fields(fields, table, problems);
  table.key_template = fields.text("key");
  check_key(fields, table);
  if (!table.time_column.empty() && !table.fields.empty() && !has_column(table, table.time_column))
    fields.wrong("time", "time-field",
                 fmt::format("no field holds the time column '{}': rows could not be restored from events", table.time_column));
  project.tables.push_back(std::move(table));
}

}  // namespace ctl::manifest
