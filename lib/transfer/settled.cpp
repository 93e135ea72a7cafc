#include "transfer/settled.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/named.hpp"
#include "postgres/parts.hpp"
#include "sql/queries.hpp"

namespace ctl::transfer {
namespace {

constexpr std::chrono::seconds patience{3};

std::string who(const postgres::Rows& rows, std::size_t row) {
  const auto pid = rows.at(row, "pid");
  if (!pid) return "a prepared transaction";
  std::string text = "pid " + std::string{*pid};
  std::vector<std::string> about;
  for (const auto* column : {"application", "address"})
    if (const auto word = rows.at(row, column); word && !word->empty()) about.emplace_back(*word);
  if (!about.empty()) text += " (" + join(about, ", ") + ")";
  if (const auto since = rows.at(row, "since")) text += ", in a transaction since " + std::string{*since};
  return text;
}

/// As an array literal; a holder is digits, a slash and a minus at most.
std::string array_of_holders(const postgres::Rows& rows) {
  std::string list = "{";
  for (std::size_t i = 0; i < rows.size(); ++i) list.append(i == 0 ? "" : ",").append(*rows.at(i, "holder"));
  return list + "}";
}

}  // namespace

std::optional<std::int64_t> newest_id(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  const auto rows =
      session.query(sql::newest_id, {{"id", table.id_column}, {"schema", table.table.schema}, {"table", table.table.name}}, until);
  const auto id = rows.at(0, "id");
  return id ? parse_integer(*id) : std::nullopt;
}

std::int64_t rows_behind(std::optional<std::int64_t> newest, std::optional<std::int64_t> last) {
  if (!newest) return 0;
  return last ? std::max<std::int64_t>(*newest - *last, 0) : *newest;
}

Barrier settle(postgres::Connection& session, const EventTable& table, Listener& listener, const Deadline& until) {
  // Whatever a plan said before: what the ids of such a table do not tell cannot be followed.
  if (auto found = postgres::disorder(postgres::parts(session, table.table, table.table, table.id_column, until)))
    throw Error{Code::refused, {.what = std::move(found->why), .hint = std::move(found->remedy)}};
  const auto id = newest_id(session, table, until);
  if (!id) return {std::nullopt, true, ""};
  postgres::Names names{{"table", postgres::quote_identifier(table.table)}, {"among", std::nullopt}};
  std::string waits_for;
  auto silent = until.within(patience);
  for (Deadline::ms pause{2};; pause = std::min<Deadline::ms>(pause * 2, 50ms)) {
    const auto holders = attempt([&] { return session.query(sql::holders, names, until); });
    if (!holders && (holders.error().code() != Code::timeout || waits_for.empty())) throw Error{holders.error()};
    if (!holders) return {id, false, waits_for};  // the time was over in the middle of the question
    if (holders->size() == 0) return {id, true, ""};
    waits_for = who(*holders, 0);
    names["among"] = array_of_holders(*holders);
    if (silent.over() && !until.over()) {
      listener.note(Listener::Level::info, fmt::format("{}: waiting for {}, which may still insert", to_string(table.table), waits_for));
      silent = until.within(patience * 3);
    }
    until.sleep(pause);
    if (until.over()) return {id, false, waits_for};
  }
}

std::optional<std::int64_t> settled_id(postgres::Connection& session, const EventTable& table, Listener& listener, const Deadline& until) {
  const auto barrier = settle(session, table, listener, until);
  if (barrier.reached) return barrier.id;
  const auto waiting = "waiting for " + barrier.waits_for + ", which may still insert into " + to_string(table.table);
  until.check(waiting);
  throw Error{Code::timeout, {.what = waiting}};
}

}  // namespace ctl::transfer
