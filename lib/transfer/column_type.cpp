#include "transfer/column_type.hpp"

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"

namespace ctl::transfer {
namespace {

struct Named {
  std::string_view name;
  ColumnType type;
};
constexpr std::array known{
    Named{"smallint", ColumnType::small},
    Named{"integer", ColumnType::integer},
    Named{"bigint", ColumnType::big},
    Named{"numeric", ColumnType::numeric},
    Named{"real", ColumnType::real},
    Named{"double precision", ColumnType::float8},
    Named{"boolean", ColumnType::boolean},
    Named{"text", ColumnType::text},
    Named{"character varying", ColumnType::text},
    Named{"character", ColumnType::text},
    Named{"uuid", ColumnType::uuid},
    Named{"json", ColumnType::json},
    Named{"jsonb", ColumnType::jsonb},
    Named{"date", ColumnType::date},
    Named{"timestamp without time zone", ColumnType::local_time},
    Named{"timestamp with time zone", ColumnType::instant},
};

const Named* find(std::string_view type) {
  const auto* found = std::find_if(known.begin(), known.end(), [&](const Named& n) { return n.name == type; });
  return found != known.end() ? found : nullptr;
}

[[noreturn]] void refuse(const TableName& table, const ColumnInfo& column, std::string hint) {
  throw Error{Code::refused,
              {.what = "column " + to_string(table) + "." + column.name + " has a type that events cannot carry: " + column.type,
               .hint = std::move(hint)}};
}

}  // namespace

ColumnType column_type(const TableName& table, const ColumnInfo& column) {
  const auto* found = find(column.type);
  if (found == nullptr)
    refuse(table, column, "leave the column out of the topic's fields, or move its contents to a column of a common type");
  return found->type;
}

FieldType field_type(const TableName& table, const ColumnInfo& column) {
  constexpr std::string_view brackets = "[]";
  const std::string_view type{column.type};
  const bool array = type.size() > brackets.size() && type.substr(type.size() - brackets.size()) == brackets;
  const auto* element = array ? find(type.substr(0, type.size() - brackets.size())) : nullptr;
  if (element == nullptr) return {column_type(table, column), false};
  if (element->type == ColumnType::local_time || element->type == ColumnType::instant)
    refuse(table, column, "leave the column out of the topic's fields: events carry a time of their own, but no arrays of them");
  return {element->type, true};
}

const ColumnInfo& find_column(const TableInfo& info, const EventTable& table, std::string_view name) {
  const auto found = std::find_if(info.columns.begin(), info.columns.end(), [&](const ColumnInfo& c) { return c.name == name; });
  if (found != info.columns.end()) return *found;
  std::vector<std::string> names;
  for (const auto& column : info.columns) names.push_back(column.name);
  const auto near = nearest(name, names);
  throw Error{Code::manifest,
              {.what = "table " + to_string(table.table) + " has no column " + std::string{name},
               .where = to_string(table.at),
               .hint = near ? "did you mean " + *near + "?" : "its columns: " + join(names, " ")}};
}

Zone zone(std::string_view name) {
  for (const std::string_view utc : {"UTC", "Etc/UTC", "GMT", "Z"})
    if (name == utc) return {};
  const bool fixed = name.size() == 6 && (name[0] == '+' || name[0] == '-') && name[3] == ':';
  const auto hours = fixed ? parse_integer(name.substr(1, 2)) : std::nullopt;
  const auto minutes = fixed ? parse_integer(name.substr(4, 2)) : std::nullopt;
  if (!hours || !minutes) return {Zone::Kind::rules, 0};
  return {Zone::Kind::fixed, (name[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes) * 60'000'000};
}

}  // namespace ctl::transfer
