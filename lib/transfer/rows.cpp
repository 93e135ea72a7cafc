#include "transfer/rows.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "postgres/catalog.hpp"
#include "postgres/named.hpp"
#include "postgres/parts.hpp"
#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

bool has_replayed(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  if (!session.query(sql::replay_known, until).at(0, "known")) return false;
  return session.query(sql::replayed_any, postgres::Names{{"table", table.table.name}}, until).at(0, "any") == "t";
}

/// Waits for an ALTER TABLE that has begun, and lets none begin before the transaction ends. LOCK TABLE would want SELECT on all columns.
TableInfo hold(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  session.query("select from only " + postgres::quote_identifier(table.table) + " limit 0", until);
  auto info = info_of(session, table, until);
  // Whatever a plan said before: rows that cannot be told from each other are neither copied nor compared.
  if (auto found = postgres::disorder(postgres::parts(session, table.table, table.table, table.id_column, until)))
    throw Error{Code::refused, {.what = std::move(found->why), .hint = std::move(found->remedy)}};
  CTL_FAULT("rows.before_copy");
  return info;
}

/// As conditions on a column that holds ids.
std::string among(const WhichRows& which, const std::string& id) {
  std::string conditions;
  if (which.after) conditions += fmt::format(" and {} > {}", id, *which.after);
  if (which.upto) conditions += fmt::format(" and {} <= {}", id, *which.upto);
  if (which.ids) conditions += fmt::format(" and {} = any ('{{{}}}'::bigint[])", id, fmt::join(*which.ids, ","));
  return conditions;
}

postgres::CopyReader copy_rows(postgres::Connection& session, const EventTable& table, const Encoder& encoder, const WhichRows& which,
                               const Deadline& until) {
  const auto id = "t." + postgres::quote_identifier(table.id_column);
  auto query = fmt::format("select {} from {} t where true{}", join(encoder.columns(), ", "), postgres::quote_identifier(table.table),
                           among(which, id));
  if (has_replayed(session, table, until))
    query += fmt::format(" and not exists (select from mykartctl.replayed r where r.table_name = {} and r.id = {}{})",
                         postgres::quote_literal(table.table.name), id, among(which, "r.id"));
  query += " order by " + id;
  if (which.most) query += fmt::format(" limit {}", *which.most);
  if (!which.ids) session.query(sql::copy_in_order, until);
  session.query(sql::copy_as_stored, until);
  return session.copy_out(query, until);
}

}  // namespace

TableInfo info_of(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  auto info = postgres::table(session, table.table, until);
  if (!info) throw Error{Code::not_found, {.what = "there is no table " + to_string(table.table), .where = to_string(table.at)}};
  return *std::move(info);
}

RowReader::RowReader(postgres::Connection& session, const EventTable& table, const WhichRows& which, const Deadline& until)
    : held_{session, until},
      info_{hold(session, table, until)},
      encoder_{table, info_},
      rows_{copy_rows(session, table, encoder_, which, until)} {}

}  // namespace ctl::transfer
