#include <fmt/format.h>

#include "core/error.hpp"
#include "postgres/named.hpp"
#include "transfer/column_type.hpp"
#include "transfer/rows.hpp"
#include "transfer/time_text.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

std::optional<std::int64_t> first_id_since(postgres::Connection& session, const EventTable& table, Millis since, const Deadline& until) {
  if (table.time_column.empty())
    throw Error{Code::refused,
                {.what = "table " + to_string(table.table) + " has no time column", .where = to_string(table.at), .hint = "--since ID"}};
  const auto info = info_of(session, table, until);
  const Encoder encoder{table, info};
  const auto& time = encoder.columns().at(1);  // the id, then the time
  auto us = std::chrono::microseconds{since.time_since_epoch()}.count();
  if (column_type(table.table, find_column(info, table, table.time_column)) == ColumnType::local_time)
    us += zone(table.time_zone).offset_us;
  std::string instant;
  append_postgres_time(instant, us);
  const auto id = postgres::quote_identifier(table.id_column);
  const auto found =
      session.query(fmt::format("select coalesce(min({0}) filter (where {1} >= timestamp '{2}'), max({0})::bigint + 1) as id from {3}", id,
                                time, instant, postgres::quote_identifier(table.table)),
                    until);
  const auto first = found.at(0, "id");
  return first ? parse_integer(*first) : std::nullopt;
}

}  // namespace ctl::transfer
