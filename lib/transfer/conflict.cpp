#include "transfer/conflict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/provenance.hpp"

namespace ctl::transfer {
namespace {

constexpr std::int64_t first_look = 20'000;  ///< offsets of each partition: events of a copy come early

Error another_topic(std::string what) {
  return {Code::refused,
          {.what = std::move(what),
           .cause = "what was copied before is no longer there, or would lie elsewhere",
           .hint = "bring the old topic back, or name a new one in the manifest and copy the table into that"}};
}

Error ids_begin_anew(const EventTable& table, std::int64_t last_id, std::string_view found) {
  return {Code::refused,
          {.what = fmt::format("the ids of {} begin anew: it was copied up to id {}, and {}", to_string(table.table), last_id, found),
           .cause = "rows at or below the checkpoint are never looked at again",
           .where = to_string(table.at),
           .hint = fmt::format("bring the rows and the sequence back; or, if this is another table now, name a new topic in the manifest, "
                               "and copy it into that. mykartctl events reconcile {} tells what differs",
                               table.table.name)}};
}

}  // namespace

void check_same_topic(const Checkpoint& at, const EventTable& table, const Offsets& ends, const std::optional<std::string>& topic_id) {
  const auto not_the_one = [&] {
    return fmt::format("topic {} is not the one that {} was copied to", table.topic, to_string(table.table));
  };
  if (at.topic_id && topic_id && *at.topic_id != *topic_id)
    throw another_topic(fmt::format("{}: its id is {}, and was {}. It has been made anew", not_the_one(), *topic_id, *at.topic_id));
  if (!at.ends.empty() && at.ends.size() != ends.size())
    throw another_topic(fmt::format("topic {} has {} partitions, and had {} when {} was copied up to id {}", table.topic, ends.size(),
                                    at.ends.size(), to_string(table.table), at.last_id.value_or(0)));
  for (const auto& [partition, reached] : at.ends)
    if (const auto now = ends.find(partition); now == ends.end() || now->second < reached)
      throw another_topic(fmt::format("{}: partition {} ends at offset {} and had reached {}", not_the_one(), partition,
                                      now == ends.end() ? 0 : now->second, reached));
  const auto records =
      std::accumulate(ends.begin(), ends.end(), std::int64_t{0}, [](std::int64_t sum, const auto& end) { return sum + end.second; });
  if (static_cast<std::uint64_t>(records) < at.rows)
    throw another_topic(fmt::format("{}: {} events were written, and it has taken {}", not_the_one(), at.rows, records));
}

void refuse_missing_topic(const Checkpoint& at, const EventTable& table) {
  throw another_topic(fmt::format("topic {} does not exist any more, and {} was copied to it up to id {}", table.topic,
                                  to_string(table.table), at.last_id.value_or(0)));
}

void check_newest(const Checkpoint& at, const EventTable& table, std::optional<std::int64_t> newest) {
  if (at.last_id && newest && *newest < *at.last_id) throw ids_begin_anew(table, *at.last_id, fmt::format("its highest id is {}", *newest));
}

void check_sequence(const Checkpoint& at, const EventTable& table, const TableInfo& info, std::optional<std::int64_t> newest) {
  const auto& sequence = info.sequence;
  if (!at.last_id || !sequence || sequence->step < 0) return;  // what descends is refused for that
  const bool used = sequence->last != 0;                       // 0: nothing was ever taken from it, or we may not see it
  if (used && sequence->last < *at.last_id)
    throw ids_begin_anew(table, *at.last_id, fmt::format("its sequence {} stands at {}", sequence->name, sequence->last));
  if (!newest && !used)
    throw ids_begin_anew(table, *at.last_id, fmt::format("it is empty, and its sequence {} has given no id yet", sequence->name));
}

void check_unfilled(const kafka::Settings& settings, const EventTable& table, Offsets from, const Offsets& to, Listener& listener,
                    const Deadline& until) {
  Provenance provenance{table};
  for (auto step = first_look; from != to; step *= 4) {
    auto next = to;
    for (auto& [partition, end] : next) end = std::min(end, from.at(partition) + step);
    std::optional<std::int64_t> id;
    std::pair<int, std::int64_t> place;
    scan(settings, table.topic, from, next, listener, until, [&](const kafka::Message& message) {
      if (id || !message.value) return;
      id = provenance.row_of(*message.value);
      place = {message.partition.id, message.offset};
    });
    if (id)
      throw Error{
          Code::refused,
          {.what = fmt::format("topic {} holds events of {} already (id {} at partition {}, offset {}), and no checkpoint tells how "
                               "far they go",
                               table.topic, to_string(table.table), *id, place.first, place.second),
           .cause = "the database was renamed or restored, the checkpoint is lost, or another tool has filled the topic: a copy "
                    "would send every row again",
           .where = to_string(table.at),
           .hint = fmt::format("mykartctl events backfill {} --adopt compares all of them with the rows, and goes on behind them "
                               "if they are right; or name a new topic in the manifest, and copy the table into that",
                               table.table.name)}};
    from = std::move(next);
  }
}

}  // namespace ctl::transfer
