#include "transfer/replay_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "sql/queries.hpp"
#include "transfer/row_content.hpp"

namespace ctl::transfer {
namespace {

using Field = std::optional<std::string_view>;

constexpr int tries_for_ids = 5;  ///< somebody else may insert given ids in front of the sequence, again and again

std::string now_text(postgres::Connection& session, const Deadline& until) {
  return session.query("select to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.US') as now", until).text(0, "now");
}

}  // namespace

ReplayStore::ReplayStore(postgres::Connection& session, const EventTable& table, const TableInfo& info, std::vector<std::string> columns,
                         const ReplayOptions& options, RowsById& rows, Listener& listener, const Deadline& until)
    : session_{session},
      table_{table},
      options_{options},
      rows_{rows},
      listener_{listener},
      ids_{session, table, info},
      loader_{session, table, info, std::move(columns), until},
      letters_{session, table, options.run, options.max_dead} {}

postgres::Names ReplayStore::names(int partition) const {
  return {{"run", std::to_string(options_.run)},
          {"table", journal_name(table_)},
          {"bare", table_.table.name},
          {"topic", table_.topic},
          {"partition", std::to_string(partition)}};
}

Offsets ReplayStore::begin(const TopicNow& now, const Deadline& until) {
  const auto known = replayed_to(session_, table_, until);
  const auto start = judge_start(known, options_.proved, now);
  next_ = known.next;
  if (!start.whole()) accept(start, known, until);
  for (const auto& [partition, next] : start.next) {
    auto fresh = names(partition);
    fresh["start"] = std::to_string(next);
    fresh["topic_id"] = now.id;
    session_.query(sql::replay_begin, fresh, until);
    if (next_.try_emplace(partition, next).first->second < next) advance(partition, next, until);
  }
  auto id = names(0);
  id["topic_id"] = now.id;
  session_.query(sql::replay_topic_id, id, until);
  letters_.clear(until);
  ids_.raise(listener_, until);
  return next_;
}

void ReplayStore::accept(const ReplayStart& start, const ReplayedTo& known, const Deadline& until) {
  if (start.lost() > options_.accept_loss) throw removed_before_replay(table_, start);
  if (start.anew.empty()) {
    listener_.note(Listener::Level::warn, fmt::format("{}: going on without {} (accepted)", table_.topic, to_string(start.gaps)));
    return;
  }
  listener_.note(Listener::Level::warn, fmt::format("{}: beginning with the topic that was made anew (accepted)", table_.topic));
  auto old = names(0);
  old["old_topic"] = fmt::format("{} (id {}, until {})", table_.topic, known.topic_id.value_or("not known"), now_text(session_, until));
  session_.query(sql::replay_topic_anew, old, until);
  next_.clear();
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

/// With each row goes what it is now that the server has it: what it must still be to count as an event that was replayed.
void ReplayStore::write_mapping(const std::vector<Arrived*>& rows, const Deadline& until) {
  if (rows.empty()) return;
  std::vector<std::int64_t> ids;
  ids.reserve(rows.size());
  std::string list;
  for (const auto* row : rows) {
    ids.push_back(row->id);
    list += (list.empty() ? "{" : ",") + std::to_string(row->id);
  }
  std::sort(ids.begin(), ids.end());
  std::map<std::int64_t, std::string> contents;
  rows_.read(
      ids,
      [&](const Encoder::Event& event, Reject reject) {
        if (reject == Reject::none) contents.emplace_hint(contents.end(), event.id, hex_bytes(row_content(event)));
      },
      until);
  const postgres::Names again{{"table", journal_name(table_)}, {"ids", list + "}"}};
  session_.query(sql::replayed_forget, again, until);
  auto writer = session_.copy_in("copy mykartctl.replayed (table_name, id, topic, partition, kafka_offset, content) from stdin", until);
  const auto table = journal_name(table_);
  for (const auto* row : rows) {
    const auto id = std::to_string(row->id), partition = std::to_string(row->partition), offset = std::to_string(row->offset);
    const auto content = contents.find(row->id);
    const std::array<Field, 6> line{table,     id,     table_.topic,
                                    partition, offset, content == contents.end() ? std::nullopt : Field{content->second}};
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
}

/// False: an id that the sequence gave was taken, and nothing was kept.
bool ReplayStore::try_store(Batch& batch, const Deadline& until) {
  postgres::Transaction transaction{session_, until};
  const auto before = next_;
  // First the offsets: a second runner waits here for the first one's commit, and then finds that it came too late.
  for (const auto& [partition, ledger] : batch.ledgers) advance(partition, ledger.next_offset, until);
  session_.query("set constraints all immediate", until);
  std::vector<Arrived*> rows;
  for (auto& event : batch.events)
    if (event.reject == Reject::none) rows.push_back(&event);
  ids_.give(rows, until);
  if (!loader_.load(rows, until)) {
    next_ = before;
    return false;
  }
  std::erase_if(rows, [](const Arrived* row) { return row->reject != Reject::none; });
  CTL_FAULT("replay.after_rows");
  write_mapping(rows, until);
  too_many_ = letters_.write(batch, until);
  if (too_many_) return false;
  count(batch, until);
  CTL_FAULT("replay.before_commit");
  transaction.commit(until);
  CTL_FAULT("replay.after_commit");
  return true;
}

void ReplayStore::store(Batch& batch, const Deadline& until) {
  for (int tries = 0; !try_store(batch, until); ++tries) {
    if (too_many_) {
      letters_.keep_refused(batch, until);
      throw *too_many_;
    }
    if (tries == tries_for_ids)
      throw Error{Code::busy,
                  {.what = fmt::format("ids that the sequence of {} gives are taken again and again", to_string(table_.table)),
                   .hint = "end what inserts rows with ids of its own, and run the same command again"}};
    ids_.raise(listener_, until);
  }
}

}  // namespace ctl::transfer
