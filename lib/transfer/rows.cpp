#include "transfer/rows.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "postgres/catalog.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

std::string quoted(const TableName& table) {
  return postgres::quote_identifier(table.schema) + "." + postgres::quote_identifier(table.name);
}

bool has_replayed(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  if (!session.query(sql::replay_known, until).at(0, "known")) return false;
  return session.query(sql::replayed_any, postgres::Names{{"table", table.table.name}}, until).at(0, "any") == "t";
}

/// Waits for an ALTER TABLE that has begun, and lets none begin before the transaction ends. LOCK TABLE would want SELECT on all columns.
TableInfo hold(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  session.query("select from only " + quoted(table.table) + " limit 0", until);
  auto info = info_of(session, table, until);
  CTL_FAULT("rows.before_copy");
  return info;
}

postgres::CopyReader copy_rows(postgres::Connection& session, const EventTable& table, const Encoder& encoder, const WhichRows& which,
                               const Deadline& until) {
  const auto id = postgres::quote_identifier(table.id_column);
  std::string where = "true", order;
  if (which.after) where += fmt::format(" and {} > {}", id, *which.after);
  if (which.upto) {
    where += fmt::format(" and {} <= {}", id, *which.upto);
    order = " order by " + id;
    session.query(sql::copy_in_order, until);
  }
  if (which.ids) {
    where += fmt::format(" and {} = any ('{{{}}}'::bigint[])", id, fmt::join(*which.ids, ","));
    order = " order by " + id;
  }
  if (has_replayed(session, table, until))
    where += fmt::format(" and not exists (select from mykartctl.replayed r where r.table_name = {} and r.id = t.{})",
                         postgres::quote_literal(table.table.name), id);
  return session.copy_out(fmt::format("select {} from {} t where {}{}", join(encoder.columns(), ", "), quoted(table.table), where, order),
                          until);
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
