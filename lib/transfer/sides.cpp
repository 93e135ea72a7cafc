#include "transfer/sides.hpp"

#include <fmt/format.h>

#include <limits>

#include "core/error.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/outlet.hpp"

namespace ctl::transfer {
namespace {

std::map<int, IdSet> places_of_replayed(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  std::map<int, IdSet> places;
  if (!session.query(sql::replay_known, until).at(0, "known")) return places;
  auto rows =
      session.copy_out(fmt::format("select partition, kafka_offset from mykartctl.replayed where table_name in ({}, {}) and topic = {}",
                                   postgres::quote_literal(journal_name(table)), postgres::quote_literal(table.table.name),
                                   postgres::quote_literal(table.topic)),
                       until);
  while (const auto row = rows.next(until))
    places[static_cast<int>(postgres::to_integer(*(*row)[0]))].add(postgres::to_integer(*(*row)[1]));
  return places;
}

constexpr std::size_t most_differences = 100;
constexpr std::uint64_t rows_at_once = 500'000;  ///< by one COPY: an ALTER TABLE waits for its end, and the shop's queries behind that

}  // namespace

void note(Parity& parity, const Difference& difference, const ReconcileOptions& options) {
  switch (difference.what) {
    case Difference::What::missing: ++parity.missing; break;
    case Difference::What::duplicate: ++parity.duplicate; break;
    case Difference::What::altered: ++parity.altered; break;
    case Difference::What::misplaced: ++parity.misplaced; break;
    case Difference::What::extra: ++parity.extra; break;
  }
  parity.ids.at(static_cast<std::size_t>(difference.what)).add(difference.id);
  if (options.each) options.each(difference);
  if (parity.differences.size() < most_differences) parity.differences.push_back(difference);
}

Sides::Sides(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, Listener& listener,
             const Deadline& until)
    : session_{session},
      settings_{settings},
      table_{table},
      listener_{listener},
      until_{until},
      info_{info_of(session, table, until)},
      cluster_{settings, listener},
      provenance_{table},
      identity_{identity(session, table, until)},
      repaired_{settings, cluster_, table, identity_.transaction, listener, until},
      became_rows_{places_of_replayed(session, table, until)},
      stamped_{keeps_given_times(cluster_, table.topic, until)} {}

std::optional<Sides::Next> Sides::some_rows(Next from, const std::function<void(const Row&)>& take) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  auto which = from.which;
  which.most = rows_at_once + from.of_last;
  which.changed = true;
  if (from.last) which.after = *from.last == least ? std::nullopt : std::optional{*from.last - 1};
  auto skipped = from.of_last;
  RowReader rows{session_, table_, which, until_};
  while (const auto copied = rows.next(until_)) {
    if (skipped > 0 && postgres::to_integer(*(*copied)[0]) == from.last) {
      --skipped;
      continue;
    }
    auto row = compared(rows.encoder(), *copied);
    row.changed = rows.changed();
    from.of_last = from.last == row.id ? from.of_last + 1 : 1;
    from.last = row.id;
    take(row);
  }
  if (rows.seen() != which.most) return std::nullopt;
  if (rows.last_seen() != from.last) from = {.which = from.which, .last = rows.last_seen()};  // one that is left out, and again so
  return from;
}

void Sides::each_row(const WhichRows& which, const std::function<void(const Row&)>& take) {
  for (auto at = std::optional{Next{.which = which}}; at;) at = some_rows(*at, take);
}

Sides::Row Sides::compared(Encoder& encoder, postgres::CopyReader::Row copied) {
  Encoder::Event event;
  Row row{.encoded = encoder.encode(copied, event) == Reject::none};
  row.id = event.id;
  if (!row.encoded) return row;
  if (event.time_ms) row.time = record_time(*event.time_ms);
  const bool untimed = stamped_ && !row.time;
  if (untimed) untimed_.add(event.id);
  some_untimed_ = some_untimed_ || untimed;
  row.key = event.key;
  row.below_millisecond = event.below_millisecond;
  row.content =
      hash_(event.id, event.key, event.value, stamped_ && row.time ? std::optional{row.time->time_since_epoch().count()} : std::nullopt);
  return row;
}

bool Sides::became_row(const kafka::Message& message) const {
  const auto of_partition = became_rows_.find(message.partition.id);
  return of_partition != became_rows_.end() && of_partition->second.contains(message.offset);
}

void Sides::each_event(const Offsets& from, const Offsets& to, const std::function<void(const Event&)>& take,
                       const std::function<void()>& other) const {
  scan(settings_, table_.topic, from, to, listener_, until_, [&](const kafka::Message& message) {
    const auto id = message.value && !became_row(message) ? provenance_.row_of(*message.value) : std::nullopt;
    if (!id) return other ? other() : void();
    const bool timed = stamped_ && !(some_untimed_ && untimed_.contains(*id));
    take({.id = *id,
          .key = message.key,
          .content = hash_(*id, message.key, message.value, timed ? std::optional{message.time.time_since_epoch().count()} : std::nullopt),
          .partition = message.partition.id,
          .offset = message.offset,
          .repair = repaired_.repair_of(*id, message.partition.id, message.offset)});
  });
}

Hash128 Sides::sequence_of(const Event& event) const {
  return hash_(event.partition, event.key, std::nullopt, static_cast<std::int64_t>(event.repair));
}

Offsets Sides::offsets(kafka::Cluster::At at) const { return offsets_of(cluster_, table_.topic, at, until_); }

Offsets Sides::offsets(Millis from) const { return offsets_of(cluster_, table_.topic, from, until_); }

std::optional<std::int64_t> Sides::moved_to() const {
  const auto checkpoint = read_checkpoint(settings_, identity_, listener_, until_);
  return checkpoint ? checkpoint->last_id : std::nullopt;
}

}  // namespace ctl::transfer
