#include "transfer/rows_by_id.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

/// Ids without many gaps are read as a range: looking each of them up costs twice as much.
std::string condition(const std::string& id, const std::vector<std::int64_t>& ids) {
  const auto range = static_cast<std::uint64_t>(ids.back()) - static_cast<std::uint64_t>(ids.front());
  if (range < 2 * ids.size()) return fmt::format("{} between {} and {}", id, ids.front(), ids.back());
  return fmt::format("{} = any ('{{{}}}'::bigint[])", id, fmt::join(ids, ","));
}

}  // namespace

RowsById::RowsById(postgres::Connection& session, const EventTable& table, const TableInfo& info, const Deadline& until)
    : session_{session}, table_{table}, encoder_{table, info}, shape_{shape(until)} {}

std::string RowsById::shape(const Deadline& until) {
  return session_.query(sql::table_shape, postgres::Names{{"schema", table_.table.schema}, {"table", table_.table.name}}, until)
      .text(0, "shape");
}

void RowsById::read(const std::vector<std::int64_t>& ids, const std::function<void(const Encoder::Event&, Reject)>& take,
                    const Deadline& until) {
  if (ids.empty()) return;
  const auto name = postgres::quote_identifier(table_.table), id = postgres::quote_identifier(table_.id_column);
  session_.query("select from only " + name + " limit 0", until);  // in a transaction it keeps the table as it is
  if (shape(until) != shape_)
    throw Error{Code::busy, {.what = to_string(table_.table) + " was altered meanwhile", .hint = "running the command again goes on"}};
  auto rows = session_.copy_out(
      fmt::format("select {} from {} where {} order by {}", join(encoder_.columns(), ", "), name, condition(id, ids), id), until);
  Encoder::Event event;
  auto wanted = ids.begin();
  while (const auto row = rows.next(until)) {
    const auto found = postgres::to_integer(*row->front());
    while (wanted != ids.end() && *wanted < found) ++wanted;
    if (wanted == ids.end() || *wanted != found) continue;
    const auto reject = encoder_.encode(*row, event);
    take(event, reject);
  }
}

}  // namespace ctl::transfer
