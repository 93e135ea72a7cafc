#include "transfer/way_back.hpp"

#include <algorithm>
#include <limits>

#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

bool has_value(const EventTable& table, const std::string& column) {
  if (column == table.id_column || (column == "extra" && table.extra_fields == EventTable::Extra::jsonb)) return true;
  return std::any_of(table.fields.begin(), table.fields.end(), [&](const Field& field) { return field.column == column; });
}

}  // namespace

std::vector<std::string> columns_without_value(const EventTable& table, const TableInfo& info) {
  std::vector<std::string> names;
  for (const auto& column : info.columns)
    if (!column.nullable && !column.generated && column.default_expression.empty() && !has_value(table, column.name))
      names.push_back(column.name);
  return names;
}

std::vector<std::string> generated_fields(const EventTable& table, const TableInfo& info) {
  std::vector<std::string> names;
  for (const auto& column : info.columns)
    if (column.generated && has_value(table, column.name)) names.push_back(column.name);
  return names;
}

std::vector<InsertHook> insert_hooks(postgres::Connection& session, const TableName& table, const Deadline& until) {
  const auto found = session.query(sql::insert_triggers, postgres::Names{{"schema", table.schema}, {"table", table.name}}, until);
  std::vector<InsertHook> hooks;
  for (std::size_t i = 0; i < found.size(); ++i)
    hooks.push_back({.name = found.text(i, "name"),
                     .trigger = found.text(i, "kind") == "trigger",
                     .before = found.flag(i, "before"),
                     .each_row = found.flag(i, "each_row")});
  return hooks;
}

std::int64_t IdRoom::left() const noexcept {
  if (step <= 0) return std::numeric_limits<std::int64_t>::max();
  const auto begin = std::max(highest, last);
  if (begin >= most) return 0;
  const auto distance = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(begin);
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(distance / static_cast<std::uint64_t>(step), std::numeric_limits<std::int64_t>::max()));
}

IdRoom id_room(postgres::Connection& session, const EventTable& table, const Sequence& sequence, const Deadline& until) {
  const auto room = session.query(
      sql::sequence_room,
      postgres::Names{{"sequence", sequence.name}, {"schema", table.table.schema}, {"table", table.table.name}, {"id", table.id_column}},
      until);
  return {.highest = room.at(0, "highest") ? room.integer(0, "highest") : 0,
          .last = room.integer(0, "last"),
          .most = room.integer(0, "most"),
          .step = room.integer(0, "step")};
}

}  // namespace ctl::transfer
