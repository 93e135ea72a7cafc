#include "transfer/parents.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "sql/queries.hpp"
#include "transfer/column_type.hpp"

namespace ctl::transfer {

Parents::Parents(const TableInfo& info, const std::vector<std::string>& columns) {
  for (const auto& foreign : info.foreign_keys) {
    if (foreign.columns.size() != 1) continue;
    const auto at = std::find(columns.begin(), columns.end(), foreign.columns.front());
    const auto type =
        std::find_if(info.columns.begin(), info.columns.end(), [&](const ColumnInfo& c) { return c.name == foreign.columns.front(); });
    if (at == columns.end() || type == info.columns.end() || !is_integer(column_type(info.table, *type))) continue;
    keys_.push_back({static_cast<std::size_t>(at - columns.begin()), foreign.columns.front(), foreign.to, foreign.to_columns.front(), {}});
  }
}

void Parents::learn(postgres::Connection& session, Key& key, const Batch& batch, const Deadline& until) {
  IdSet asked;
  std::string unknown;
  for (const auto& event : batch.events) {
    if (event.reject != Reject::none || !event.fields[key.field]) continue;
    const auto id = parse_integer(*event.fields[key.field]);
    if (id && !key.known.contains(*id) && asked.add(*id)) unknown += (unknown.empty() ? "{" : ",") + *event.fields[key.field];
  }
  if (unknown.empty()) return;
  const auto found = session.query(
      sql::existing_ids, postgres::Names{{"schema", key.to.schema}, {"table", key.to.name}, {"id", key.to_column}, {"ids", unknown + "}"}},
      until);
  for (std::size_t i = 0; i < found.size(); ++i) key.known.add(parse_integer(*found.at(i, "id")).value_or(0));
}

void Parents::check(postgres::Connection& session, Batch& batch, const Deadline& until) {
  for (auto& key : keys_) {
    learn(session, key, batch, until);
    for (auto& event : batch.events) {
      if (event.reject != Reject::none || !event.fields[key.field]) continue;
      if (key.known.contains(parse_integer(*event.fields[key.field]).value_or(0))) continue;
      event.reject = Reject::fk_missing;
      event.column = key.column;
      event.detail = "no " + to_string(key.to) + " has " + key.to_column + " " + *event.fields[key.field];
    }
  }
}

}  // namespace ctl::transfer
