#include "transfer/row_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/way_back.hpp"

namespace ctl::transfer {
namespace {

using Field = std::optional<std::string_view>;

constexpr std::string_view expected_rows = "pg_temp.mykartctl_expected";

/// What no row can be blamed for (appendix A of PostgreSQL's manual): connection, transaction and authorization states, conflicts with
/// others, resources, locks, the operator, the system and the server's own faults.
bool is_of_the_server(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 12> classes{"", "08", "0Z", "25", "28", "40", "53", "55", "57", "58", "F0", "XX"};
  return std::find(classes.begin(), classes.end(), sqlstate.substr(0, 2)) != classes.end();
}

std::string listed(const std::string& id, const std::vector<std::string>& columns) {
  auto list = postgres::quote_identifier(id);
  for (const auto& column : columns) list += ", " + postgres::quote_identifier(column);
  return list;
}

void need_values(const EventTable& table, const TableInfo& info) {
  for (const auto& name : columns_without_value(table, info))
    throw Error{Code::refused,
                {.what = fmt::format("no event can be a row of {}: {} may not be NULL, has no default, and is no field of the events",
                                     to_string(table.table), name),
                 .where = to_string(table.at),
                 .hint = fmt::format("psql -c \"alter table {} alter column {} set default …\", or make it a field in topics.yaml",
                                     to_string(table.table), name)}};
}

std::string may_alter_rows(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  std::vector<std::string> names;
  for (const auto& hook : insert_hooks(session, table.table, until))
    if (hook.trigger) names.push_back(hook.name);
  return join(names, ", ");
}

}  // namespace

RowLoader::RowLoader(postgres::Connection& session, const EventTable& table, const TableInfo& info, std::vector<std::string> columns,
                     const Deadline& until)
    : session_{session}, table_{table}, columns_{std::move(columns)}, column_list_{listed(table.id_column, columns_)} {
  need_values(table, info);
  triggers_ = may_alter_rows(session, table, until);
  if (triggers_.empty()) return;
  session.query(fmt::format("create temp table mykartctl_expected on commit delete rows as select {} from {} with no data", column_list_,
                            postgres::quote_identifier(table.table)),
                until);
}

void RowLoader::copy_to(const std::string& table, std::span<Arrived*> rows, const Deadline& until) {
  auto writer = session_.copy_in(fmt::format("copy {} ({}) from stdin", table, column_list_), until);
  std::vector<Field> line(columns_.size() + 1);
  for (const auto* row : rows) {
    const auto id = std::to_string(row->id);
    line[0] = id;
    for (std::size_t i = 0; i < columns_.size(); ++i) line[i + 1] = row->fields[i] ? Field{*row->fields[i]} : std::nullopt;
    writer.add(line, until);
  }
  writer.finish(until);
}

/// What the server said, with the table as it was before; nullopt: the rows are in.
std::optional<Error> RowLoader::try_copy(std::span<Arrived*> rows, const Deadline& until) {
  session_.query("savepoint load", until);
  const auto loaded = attempt([&] { copy_to(postgres::quote_identifier(table_.table), rows, until); });
  if (loaded) return std::nullopt;
  if (is_of_the_server(loaded.error().sqlstate())) throw loaded.error();
  session_.query("rollback to savepoint load; release savepoint load", until);
  return loaded.error();
}

/// The same rows in a table of the same columns without triggers, compared as text: every type has that, and has it exactly.
std::vector<Arrived*> RowLoader::altered_by_triggers(std::span<Arrived*> rows, const Deadline& until) {
  if (triggers_.empty()) return {};
  session_.query(fmt::format("delete from {}", expected_rows), until);
  copy_to(std::string{expected_rows}, rows, until);
  std::string which = "case";
  for (const auto& name : columns_) {
    const auto column = postgres::quote_identifier(name);
    which += fmt::format(" when e.{0}::text is distinct from t.{0}::text then {1}", column, postgres::quote_literal(name));
  }
  const auto id = postgres::quote_identifier(table_.id_column);
  const auto found = session_.query(
      fmt::format(
          "select * from (select e.{0} as id, t.{0} is null as gone, {1} end as column from {2} e left join {3} t on t.{0} = e.{0}) "
          "as compared where gone or \"column\" is not null",
          id, columns_.empty() ? "case when false then ''" : which, expected_rows, postgres::quote_identifier(table_.table)),
      until);
  std::unordered_map<std::int64_t, Arrived*> by_id;
  if (found.size() > 0)
    for (auto* row : rows) by_id.emplace(row->id, row);
  std::vector<Arrived*> altered;
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto* row = altered.emplace_back(by_id.at(found.integer(i, "id")));
    row->reject = Reject::trigger;
    row->column = found.flag(i, "gone") ? "" : found.text(i, "column");
    row->detail = fmt::format("{} by a trigger of the table ({})", row->column.empty() ? "swallowed" : "changed", triggers_);
  }
  return altered;
}

bool RowLoader::has_taken_id(std::span<Arrived*> rows, const Deadline& until) {
  std::string ids;
  for (const auto* row : rows) ids += (ids.empty() ? "{" : ",") + std::to_string(row->id);
  const postgres::Names names{{"schema", table_.table.schema}, {"table", table_.table.name}, {"id", table_.id_column}, {"ids", ids + "}"}};
  return session_.query(sql::existing_ids, names, until).size() > 0;
}

/// Halves that were taken stay, so that a row which only the ones before it make impossible is found as well.
RowLoader::Outcome RowLoader::load_part(std::span<Arrived*> rows, const Deadline& until) {
  if (rows.empty()) return Outcome::loaded;
  const auto refused = try_copy(rows, until);
  if (!refused) {
    if (altered_by_triggers(rows, until).empty()) {
      session_.query("release savepoint load", until);
      return Outcome::loaded;
    }
    session_.query("rollback to savepoint load; release savepoint load", until);
    std::vector<Arrived*> others;
    for (auto* row : rows)
      if (row->reject == Reject::none) others.push_back(row);
    return load_part(others, until);
  }
  if (refused->sqlstate() == "23505" && has_taken_id(rows, until)) return Outcome::taken_id;
  if (!blamed_) {
    if (const auto empty = try_copy({}, until)) throw *empty;  // the table refuses whatever comes
    session_.query("release savepoint load", until);
    blamed_ = true;
  }
  if (rows.size() > 1) {
    if (load_part(rows.first(rows.size() / 2), until) == Outcome::taken_id) return Outcome::taken_id;
    return load_part(rows.subspan(rows.size() / 2), until);
  }
  auto& row = *rows.front();
  row.reject = refused->sqlstate() == "23503" ? Reject::fk_missing : Reject::server;
  row.sqlstate = refused->sqlstate();
  row.detail = refused->text().cause;
  return Outcome::loaded;
}

bool RowLoader::load(std::span<Arrived*> rows, const Deadline& until) {
  blamed_ = false;
  return load_part(rows, until) == Outcome::loaded;
}

}  // namespace ctl::transfer
