#include "transfer/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "postgres/catalog.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/row_content.hpp"

namespace ctl::transfer {
namespace {

bool has_replayed(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  if (!session.query(sql::replay_known, until).at(0, "known")) return false;
  const postgres::Names names{{"table", journal_name(table)}, {"bare", table.table.name}, {"topic", table.topic}};
  return session.query(sql::replayed_any, names, until).flag(0, "any");
}

/// Waits for an ALTER TABLE that has begun, and lets none begin before the transaction ends. LOCK TABLE would want SELECT on all columns.
TableInfo hold(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  session.query("select from only " + postgres::quote_identifier(table.table) + " limit 0", until);
  auto info = info_of(session, table, until);
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

/// What mykartctl.replayed says of this table and topic, under names that no column of the table has. The first version of the journal has
/// the bare name of a table, and no contents.
std::string replayed(const EventTable& table, bool contents, const WhichRows& which) {
  return fmt::format(
      "(select id as mykartctl_id, {} as mykartctl_content from mykartctl.replayed where table_name in ({}, {}) and topic = {}{})",
      contents ? "coalesce(content, '')" : "''::bytea", postgres::quote_literal(journal_name(table)),
      postgres::quote_literal(table.table.name), postgres::quote_literal(table.topic), among(which, "id"));
}

postgres::CopyReader copy_rows(postgres::Connection& session, const EventTable& table, const Encoder& encoder, const WhichRows& which,
                               bool marked, const Deadline& until) {
  const auto id = "t." + postgres::quote_identifier(table.id_column);
  auto columns = join(encoder.columns(), ", "), from = postgres::quote_identifier(table.table) + " t";
  if (marked) {
    const bool contents = session.query(sql::replay_known, until).flag(0, "contents");
    columns += ", mykartctl_content";
    from += fmt::format(" left join {} r on mykartctl_id = {}", replayed(table, contents, which), id);
  }
  auto query = fmt::format("select {} from {} where true{} order by {}", columns, from, among(which, id), id);
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
    : table_{table},
      take_changed_{which.changed},
      held_{session, until},
      info_{hold(session, table, until)},
      encoder_{table, info_},
      marked_{has_replayed(session, table, until)},
      rows_{copy_rows(session, table, encoder_, which, marked_, until)} {}

bool RowReader::as_replayed(postgres::CopyReader::Row row, std::string_view content) {
  if (content.empty()) return true;
  Encoder::Event event;
  return encoder_.encode(row, event) == Reject::none && row_content(event) == content;
}

RowReader::Kind RowReader::read(const Deadline& until) {
  row_ = rows_.next(until);
  if (!row_) return Kind::none;
  ++seen_;
  last_seen_ = postgres::to_integer(*row_->front());
  if (!marked_) return Kind::ordinary;
  const auto& replayed = row_->back();
  row_ = row_->first(row_->size() - 1);
  if (!replayed) return Kind::ordinary;
  return as_replayed(*row_, *replayed) ? Kind::replayed : Kind::changed;
}

std::optional<postgres::CopyReader::Row> RowReader::next(const Deadline& until) {
  auto kind = read(until);
  while (kind == Kind::replayed) kind = read(until);
  changed_ = kind == Kind::changed;
  if (changed_ && !take_changed_) refuse(until);
  return row_;
}

void RowReader::refuse(const Deadline& until) {
  constexpr std::size_t most_ranges = 8;  // in the hint; the next run finds what is left
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
  std::uint64_t rows = 0;
  bool open = false;  // no row that is as it was written came since
  for (auto kind = Kind::changed; kind != Kind::none; kind = read(until)) {
    if (kind == Kind::replayed) open = false;
    if (kind != Kind::changed) continue;
    ++rows;
    if (!open) ranges.emplace_back(last_seen_, last_seen_);
    ranges.back().second = last_seen_;
    open = true;
  }
  std::string ids;
  for (std::size_t i = 0; i < std::min(ranges.size(), most_ranges); ++i)
    ids += fmt::format("{}id between {} and {}", i == 0 ? "" : " or ", ranges[i].first, ranges[i].second);
  throw Error{Code::refused,
              {.what = fmt::format("{}: {} not what a replay wrote under the same id (ids {} to {})", to_string(table_.table),
                                   rows == 1 ? "1 row is" : format_count(rows) + " rows are", ranges.front().first, ranges.back().second),
               .cause = fmt::format("rows that are events of {} already were changed, or their ids were used again", table_.topic),
               .hint = fmt::format("put changed rows back as they were; new rows with used ids are moved after psql -c \"delete from "
                                   "mykartctl.replayed where table_name = '{}' and topic = '{}' and ({})\"",
                                   journal_name(table_), table_.topic, ids)}};
}

}  // namespace ctl::transfer
