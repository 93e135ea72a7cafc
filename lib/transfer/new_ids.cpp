#include "transfer/new_ids.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/way_back.hpp"

namespace ctl::transfer {
namespace {

constexpr std::string_view at_its_end = "2200H", no_lock_in_time = "55P03";

Sequence sequence_of(const EventTable& table, const TableInfo& info) {
  if (info.sequence) return *info.sequence;
  throw Error{
      Code::refused,
      {.what = fmt::format("{} has no sequence for {}, so that its new rows cannot get ids", to_string(table.table), table.id_column),
       .where = to_string(table.at),
       .hint = "give the column a sequence: create sequence ... owned by ..., set default nextval(...)"}};
}

}  // namespace

NewIds::NewIds(postgres::Connection& session, const EventTable& table, const TableInfo& info)
    : session_{session}, table_{table}, sequence_{sequence_of(table, info)} {}

Error NewIds::exhausted(std::size_t wanted, std::int64_t most, const std::string& cause) const {
  return {
      Code::refused,
      {.what =
           fmt::format("{} has no ids left for {} new rows: {} can be {} at most", to_string(table_.table), wanted, table_.id_column, most),
       .cause = cause,
       .where = sequence_.name,
       .hint = fmt::format("make room: alter table {} alter column {} type bigint; alter sequence {} as bigint no maxvalue; then run the "
                           "same command again",
                           to_string(table_.table), table_.id_column, sequence_.name)}};
}

void NewIds::give(std::vector<Arrived*>& rows, const Deadline& until) {
  if (rows.empty()) return;
  if (most_ == 0) most_ = id_room(session_, table_, sequence_, until).most;
  const auto taken = attempt([&] {
    return session_.query(sql::take_ids, postgres::Names{{"sequence", sequence_.name}, {"count", std::to_string(rows.size())}}, until);
  });
  if (!taken && taken.error().sqlstate() == at_its_end) throw exhausted(rows.size(), most_, taken.error().text().cause);
  if (!taken) throw taken.error();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i]->id = taken->integer(i, "id");
    if (rows[i]->id > most_) throw exhausted(rows.size(), most_, fmt::format("the sequence gives {}", rows[i]->id));
  }
}

void NewIds::raise(Listener& listener, const Deadline& until) {
  const auto room = id_room(session_, table_, sequence_, until);
  if (!room.lags()) return;
  if (room.highest >= room.most) throw exhausted(1, room.most, fmt::format("a row has the id {}", room.highest));
  for (bool raised = false; !raised;) {
    const auto done = attempt([&] {
      postgres::Transaction transaction{session_, until};
      session_.query("set local lock_timeout = '500ms'", until);  // whoever inserts waits behind us
      session_.query("lock table " + postgres::quote_identifier(table_.table) + " in share row exclusive mode", until);
      session_.query(
          sql::sequence_raise,
          postgres::Names{
              {"sequence", sequence_.name}, {"schema", table_.table.schema}, {"table", table_.table.name}, {"id", table_.id_column}},
          until);
      transaction.commit(until);
    });
    raised = done.has_value();
    if (!raised && done.error().sqlstate() != no_lock_in_time) throw done.error();
    if (!raised) until.sleep(std::chrono::milliseconds{200});
    if (!raised) until.check("waiting for the lock under which " + sequence_.name + " is brought to the highest id");
  }
  listener.note(Listener::Level::warn, fmt::format("{}: {} was at {}, behind the highest id {}: it goes on after that",
                                                   to_string(table_.table), sequence_.name, room.last, room.highest));
}

}  // namespace ctl::transfer
