#include "transfer/replay_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/time_text.hpp"

namespace ctl::transfer {
namespace {

using Field = std::optional<std::string_view>;

/// The row is at fault, not the server or the moment: classes 22 (data exception), 23 (integrity constraint violation) and 54 (program
/// limit exceeded: JSON too deep, a text too long for an index).
bool is_refused_row(const Error& e) {
  const auto of_class = e.sqlstate().substr(0, 2);
  return of_class == "22" || of_class == "23" || of_class == "54";
}

std::string column_list(const std::string& id, const std::vector<std::string>& columns) {
  auto list = postgres::quote_identifier(id);
  for (const auto& column : columns) list += ", " + postgres::quote_identifier(column);
  return list;
}

std::optional<std::string> event_time(std::int64_t ms) {
  constexpr std::int64_t latest = 8'640'000'000'000'000;  // as late as an event's own time can be
  if (ms < 0 || ms > latest) return std::nullopt;
  std::string text;
  append_postgres_time(text, ms * 1000);
  return text + "+00";
}

}  // namespace

ReplayStore::ReplayStore(postgres::Connection& session, const EventTable& table, const TableInfo& info, std::vector<std::string> columns,
                         const ReplayOptions& options)
    : session_{session}, table_{table}, columns_{std::move(columns)}, options_{options} {
  if (!info.sequence)
    throw Error{
        Code::refused,
        {.what = fmt::format("{} has no sequence for {}, so that its new rows cannot get ids", to_string(table.table), table.id_column),
         .where = to_string(table.at),
         .hint = "give the column a sequence: create sequence ... owned by ..., set default nextval(...)"}};
  sequence_ = *info.sequence;
}

postgres::Names ReplayStore::names(int partition) const {
  return {{"run", std::to_string(options_.run)},
          {"table", table_.table.name},
          {"topic", table_.topic},
          {"partition", std::to_string(partition)}};
}

Offsets ReplayStore::begin(const Offsets& starts, const Offsets& ends, Listener& listener, const Deadline& until) {
  for (const auto& [partition, start] : starts) {
    auto fresh = names(partition);
    fresh["start"] = std::to_string(start);
    session_.query(sql::replay_begin, fresh, until);
  }
  const auto known = session_.query(sql::replay_next, postgres::Names{{"table", table_.table.name}, {"topic", table_.topic}}, until);
  for (std::size_t i = 0; i < known.size(); ++i)
    next_[static_cast<int>(parse_integer(*known.at(i, "partition")).value_or(0))] = parse_integer(*known.at(i, "next_offset")).value_or(0);
  std::uint64_t lost = 0;
  std::string gaps;
  for (const auto& [partition, next] : next_) {
    const auto start = starts.find(partition);
    if (start == starts.end() || ends.at(partition) < next)
      throw Error{Code::refused,
                  {.what = fmt::format("topic {} is not the one that was replayed: partition {} was read up to offset {} and ends at {}",
                                       table_.topic, partition, next, start == starts.end() ? 0 : ends.at(partition)),
                   .hint = "was it deleted and created again?"}};
    if (start->second <= next) continue;
    lost += static_cast<std::uint64_t>(start->second - next);
    gaps += fmt::format("{}partition {} offsets {} to {}", gaps.empty() ? "" : ", ", partition, next, start->second - 1);
  }
  if (lost == 0) return next_;
  if (lost > options_.accept_loss)
    throw Error{Code::refused,
                {.what = fmt::format("topic {} has lost at most {} events that were never replayed", table_.topic, lost),
                 .cause = "retention has removed " + gaps,
                 .hint = fmt::format("--accept-loss {} goes on without them", lost)}};
  listener.note(Listener::Level::warn, fmt::format("{}: going on without {} (accepted)", table_.topic, gaps));
  for (const auto& [partition, start] : starts)
    if (next_.at(partition) < start) advance(partition, start, until);
  return next_;
}

void ReplayStore::advance(int partition, std::int64_t next, const Deadline& until) {
  auto move = names(partition);
  move["next"] = std::to_string(next);
  move["expected"] = std::to_string(next_.at(partition));
  if (session_.query(sql::replay_advance, move, until).affected() != 1)
    throw Error{Code::busy,
                {.what = fmt::format("another process replays {} into {}", table_.topic, to_string(table_.table)),
                 .cause = fmt::format("partition {} no longer stands at offset {}", partition, next_.at(partition)),
                 .hint = "let it finish; running the command again goes on after it"}};
  next_[partition] = next;
}

void ReplayStore::take_ids(std::vector<Arrived*>& rows, const Deadline& until) {
  if (rows.empty()) return;
  const auto ids =
      session_.query(sql::take_ids, postgres::Names{{"sequence", sequence_.name}, {"count", std::to_string(rows.size())}}, until);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i]->id = parse_integer(*ids.at(i, "id")).value_or(0);
}

void ReplayStore::copy(std::span<Arrived*> rows, const Deadline& until) {
  auto writer = session_.copy_in(
      fmt::format("copy {} ({}) from stdin", postgres::quote_identifier(table_.table), column_list(table_.id_column, columns_)), until);
  std::vector<Field> line(columns_.size() + 1);
  for (const auto* row : rows) {
    const auto id = std::to_string(row->id);
    line[0] = id;
    for (std::size_t i = 0; i < columns_.size(); ++i) line[i + 1] = row->fields[i] ? Field{*row->fields[i]} : std::nullopt;
    writer.add(line, until);
  }
  writer.finish(until);
}

/// Halves that were taken stay, so that a row which only the ones before it make impossible is found as well.
void ReplayStore::load(std::span<Arrived*> rows, const Deadline& until) {
  if (rows.empty()) return;
  session_.query("savepoint load", until);
  const auto loaded = attempt([&] { copy(rows, until); });
  if (loaded) {
    session_.query("release savepoint load", until);
    return;
  }
  if (!is_refused_row(loaded.error())) throw Error{loaded.error()};
  session_.query("rollback to savepoint load; release savepoint load", until);
  if (rows.size() > 1) {
    load(rows.first(rows.size() / 2), until);
    load(rows.subspan(rows.size() / 2), until);
    return;
  }
  rows.front()->reject = loaded.error().sqlstate() == "23503" ? Reject::fk_missing : Reject::server;
  rows.front()->sqlstate = loaded.error().sqlstate();
  rows.front()->detail = loaded.error().text().cause;
}

void ReplayStore::write_mapping(const Batch& batch, const Deadline& until) {
  auto writer = session_.copy_in("copy mykartctl.replayed (table_name, id, topic, partition, kafka_offset) from stdin", until);
  for (const auto& event : batch.events) {
    if (event.reject != Reject::none) continue;
    const auto id = std::to_string(event.id), partition = std::to_string(event.partition), offset = std::to_string(event.offset);
    const std::array<Field, 5> line{table_.table.name, id, table_.topic, partition, offset};
    writer.add(line, until);
  }
  writer.finish(until);
}

void ReplayStore::write_dead_letters(const Batch& batch, const Deadline& until) {
  auto writer = session_.copy_in(
      "copy mykartctl.dead_letter (run, table_name, topic, partition, kafka_offset, event_time, key, value, headers, reason, sqlstate, "
      "column_name, detail) from stdin",
      until);
  const auto run = std::to_string(options_.run);
  const auto or_null = [](const std::string& text) { return text.empty() ? std::nullopt : Field{text}; };
  for (const auto& event : batch.events) {
    if (event.reject == Reject::none) continue;
    const auto partition = std::to_string(event.partition), offset = std::to_string(event.offset), detail = printable(event.detail, 500);
    const auto time = event_time(event.time_ms), key = event.key ? std::optional{hex_bytes(*event.key)} : std::nullopt,
               value = event.value ? std::optional{hex_bytes(*event.value)} : std::nullopt;
    const std::array<Field, 13> line{run,
                                     table_.table.name,
                                     table_.topic,
                                     partition,
                                     offset,
                                     time,
                                     key,
                                     value,
                                     event.headers,
                                     to_string(event.reject),
                                     or_null(event.sqlstate),
                                     or_null(event.column),
                                     detail};
    writer.add(line, until);
  }
  writer.finish(until);
}

void ReplayStore::count(Batch& batch, const Deadline& until) {
  for (const auto& event : batch.events)
    ++(event.reject == Reject::none ? batch.ledgers.at(event.partition).inserted : batch.ledgers.at(event.partition).dead);
  for (const auto& [partition, ledger] : batch.ledgers) {
    if (ledger.delivered != ledger.inserted + ledger.from_table + ledger.dead + ledger.filtered)
      throw Error{Code::internal,
                  {.what = fmt::format(
                       "the ledger of {} partition {} does not add up: {} delivered, {} inserted, {} from the table, {} dead, {} filtered",
                       table_.topic, partition, ledger.delivered, ledger.inserted, ledger.from_table, ledger.dead, ledger.filtered)}};
    if (ledger.delivered == 0) continue;
    auto line = names(partition);
    line["delivered"] = std::to_string(ledger.delivered);
    line["inserted"] = std::to_string(ledger.inserted);
    line["from_table"] = std::to_string(ledger.from_table);
    line["dead"] = std::to_string(ledger.dead);
    line["filtered"] = std::to_string(ledger.filtered);
    session_.query(sql::ledger_add, line, until);
  }
  const auto open = session_.query(sql::dead_letters_open, postgres::Names{{"table", table_.table.name}, {"topic", table_.topic}}, until);
  const auto letters = static_cast<std::uint64_t>(parse_integer(*open.at(0, "letters")).value_or(0));
  if (letters <= options_.max_dead) return;
  const auto last = std::find_if(batch.events.rbegin(), batch.events.rend(), [](const Arrived& e) { return e.reject != Reject::none; });
  const auto why = last == batch.events.rend() ? std::string{} : fmt::format(", here {} in {}", to_string(last->reject), last->column);
  throw Error{
      Code::refused,
      {.what = fmt::format("{} events of {} cannot be rows, more than the {} that are allowed", letters, table_.topic, options_.max_dead),
       .cause = fmt::format("mykartctl.dead_letter says of each why{}; the batch with the last of them was not kept", why),
       .hint = fmt::format("correct the cause, or allow more: --max-dead-letters {}", letters * 2)}};
}

void ReplayStore::store(Batch& batch, const Deadline& until) {
  postgres::Transaction transaction{session_, until};
  // First the offsets: a second runner waits here for the first one's commit, and then finds that it came too late.
  for (const auto& [partition, ledger] : batch.ledgers) advance(partition, ledger.next_offset, until);
  session_.query("set constraints all immediate", until);
  std::vector<Arrived*> rows;
  for (auto& event : batch.events)
    if (event.reject == Reject::none) rows.push_back(&event);
  take_ids(rows, until);
  load(rows, until);
  CTL_FAULT("replay.after_rows");
  write_mapping(batch, until);
  write_dead_letters(batch, until);
  count(batch, until);
  CTL_FAULT("replay.before_commit");
  transaction.commit(until);
  CTL_FAULT("replay.after_commit");
}

}  // namespace ctl::transfer
