#include "core/digest.hpp"
#include "core/error.hpp"
#include "postgres/catalog.hpp"
#include "sql/queries.hpp"

namespace ctl::postgres {
namespace {

void read_columns(TableInfo& into, const Rows& rows) {
  std::map<std::int64_t, std::string> key;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& column = into.columns.emplace_back(ColumnInfo{.name = rows.text(i, "name"),
                                                        .type = rows.text(i, "type"),
                                                        .nullable = rows.flag(i, "nullable"),
                                                        .default_expression = rows.text(i, "default_expression"),
                                                        .generated = rows.flag(i, "generated")});
    if (rows.at(i, "length")) column.length = static_cast<int>(rows.integer(i, "length"));
    if (rows.at(i, "precision")) column.precision = static_cast<int>(rows.integer(i, "precision"));
    if (rows.at(i, "scale")) column.scale = static_cast<int>(rows.integer(i, "scale"));
    if (rows.at(i, "key_place")) key[rows.integer(i, "key_place")] = column.name;
  }
  for (auto& [place, name] : key) into.primary_key.push_back(std::move(name));
}

void read_foreign_keys(TableInfo& into, const Rows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto name = rows.text(i, "name");
    if (into.foreign_keys.empty() || into.foreign_keys.back().name != name)
      into.foreign_keys.push_back({.name = name, .to = {rows.text(i, "to_schema"), rows.text(i, "to_table")}});
    into.foreign_keys.back().columns.push_back(rows.text(i, "column"));
    into.foreign_keys.back().to_columns.push_back(rows.text(i, "to_column"));
  }
}

void read_dependents(TableInfo& into, const Rows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto schema = rows.text(i, "schema"), name = rows.text(i, "name");
    into.dependents.push_back(
        {.kind = rows.text(i, "kind"), .name = schema.empty() ? name : to_string(TableName{schema, name}), .owner = rows.text(i, "owner")});
  }
}

/// The last id that it gave; 0: none yet, or this role may not look. Read as a table, because pg_sequence_last_value() locks a sequence as
/// nextval does, to the end of the transaction: whoever waits for writers would wait for this look.
std::int64_t last_of_sequence(Connection& connection, const Rows& facts, const Deadline& until) {
  if (!facts.flag(0, "sequence_readable")) return 0;
  return connection.query("select case when is_called then last_value else 0 end as last from " + facts.text(0, "sequence"), until)
      .integer(0, "last");
}

}  // namespace

std::optional<TableInfo> table(Connection& connection, const TableName& name, const Deadline& until) {
  const auto facts = connection.query(sql::table_facts, Names{{"schema", name.schema}, {"table", name.name}}, until);
  if (facts.size() == 0) return std::nullopt;
  TableInfo info{.table = name,
                 .owner = facts.text(0, "owner"),
                 .replica_identity = facts.text(0, "replica_identity").at(0),
                 .rows_estimate = static_cast<std::uint64_t>(facts.integer(0, "rows_estimate")),
                 .bytes = static_cast<std::uint64_t>(facts.integer(0, "bytes")),
                 .updates = facts.integer(0, "updates"),
                 .deletes = facts.integer(0, "deletes")};
  if (facts.at(0, "sequence"))
    info.sequence = Sequence{.name = facts.text(0, "sequence"),
                             .last = last_of_sequence(connection, facts, until),
                             .cache = facts.integer(0, "sequence_cache"),
                             .step = facts.integer(0, "sequence_step"),
                             .cycles = facts.flag(0, "sequence_cycles"),
                             .most = facts.integer(0, "sequence_most")};
  const Names oid{{"oid", facts.text(0, "oid")}};
  read_columns(info, connection.query(sql::table_columns, oid, until));
  read_foreign_keys(info, connection.query(sql::table_foreign_keys, oid, until));
  read_dependents(info, connection.query(sql::table_dependents, oid, until));
  const auto triggers = connection.query(sql::table_triggers, oid, until);
  for (std::size_t i = 0; i < triggers.size(); ++i) info.triggers.push_back(triggers.text(i, "name"));
  return info;
}

Content content(Connection& connection, const TableName& table, const std::string& max_key, const Deadline& until) {
  const auto info = ctl::postgres::table(connection, table, until);
  if (!info) throw Error{Code::not_found, {.what = "there is no table " + to_string(table), .where = connection.address()}};
  if (info->primary_key.size() != 1)
    throw Error{Code::refused,
                {.what = to_string(table) + " has no primary key of one column, up to which its contents could be compared",
                 .where = connection.address()}};
  Names names{{"schema", table.schema}, {"table", table.name}, {"key", info->primary_key.front()}};
  Content found{.max_key = max_key};
  if (max_key.empty()) found.max_key = connection.query(sql::highest_key, names, until).text(0, "key");
  names["max_key"] = found.max_key.empty() ? std::nullopt : std::optional{found.max_key};  // an empty table: no row is at or below NULL
  const auto rows = connection.query(sql::content, names, until);
  found.rows = static_cast<std::uint64_t>(rows.integer(0, "rows"));
  found.digest = sha256(rows.text(0, "digest"));
  return found;
}

}  // namespace ctl::postgres
