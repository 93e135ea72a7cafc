#include "transfer/rows.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

bool has_replayed(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  if (!session.query(sql::replay_known, until).at(0, "known")) return false;
  return session.query(sql::replayed_any, postgres::Names{{"table", table.table.name}}, until).at(0, "any") == "t";
}

}  // namespace

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
  return session.copy_out(
      fmt::format("select {} from {}.{} t where {}{}", join(encoder.columns(), ", "), postgres::quote_identifier(table.table.schema),
                  postgres::quote_identifier(table.table.name), where, order),
      until);
}

}  // namespace ctl::transfer
