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

}  // namespace

ColumnType column_type(const TableName& table, const ColumnInfo& column) {
  const auto* found = std::find_if(known.begin(), known.end(), [&](const Named& n) { return n.name == column.type; });
  if (found != known.end()) return found->type;
  throw Error{Code::refused,
              {.what = "column " + to_string(table) + "." + column.name + " has a type that events cannot carry: " + column.type,
               .hint = "leave the column out of the topic's fields, or move its contents to a column of a common type"}};
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
