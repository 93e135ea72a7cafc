#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/text.hpp"
#include "sql/queries.hpp"
#include "transfer/sides.hpp"

namespace ctl::transfer {
namespace {

/// A drawn row, and the events that were found of it.
struct Drawn {
  int partition{};
  Hash128 content{};
  struct Found {
    int partition{};
    std::int64_t offset{};
    Hash128 content{};
    bool late{};  ///< it comes after a later row of its key
  };
  std::vector<Found> events{};
};
using Draw = std::unordered_map<std::int64_t, Drawn>;

std::vector<std::int64_t> draw_ids(postgres::Connection& session, const EventTable& table, std::optional<std::int64_t> first,
                                   std::optional<std::int64_t> last, std::int64_t most, const Deadline& until) {
  const auto number = [](std::optional<std::int64_t> n) { return n ? std::optional{std::to_string(*n)} : std::nullopt; };
  const auto rows = session.query(sql::random_ids,
                                  {{"schema", table.table.schema},
                                   {"table", table.table.name},
                                   {"id", table.id_column},
                                   {"first", number(first)},
                                   {"last", number(last)},
                                   {"most", std::to_string(most)}},
                                  until);
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(parse_integer(*rows.at(i, "id")).value_or(0));
  return ids;
}

void judge(std::int64_t id, const Drawn& drawn, Parity& parity, const ReconcileOptions& options) {
  using What = Difference::What;
  if (drawn.events.empty()) note(parity, {What::missing, id, {}}, options);
  for (const auto& event : drawn.events) {
    const std::pair place{event.partition, event.offset};
    if (event.partition != drawn.partition || event.late) note(parity, {What::misplaced, id, place}, options);
    if (&event != drawn.events.data())
      note(parity, {What::duplicate, id, place}, options);
    else if (event.content != drawn.content)
      note(parity, {What::altered, id, place}, options);
  }
}

}  // namespace

Parity reconcile_sample(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, std::int64_t rows,
                        const ReconcileOptions& options, Listener& listener, const Deadline& until) {
  Sides sides{session, settings, table, listener, until};
  Parity parity;
  parity.moved_to = sides.moved_to();
  parity.ends = sides.offsets(kafka::Cluster::At::latest);
  const auto partitions = static_cast<int>(parity.ends.size());
  Draw draw;
  sides.each_row({.ids = draw_ids(session, table, options.from_id, parity.moved_to, rows, until)}, [&](const Sides::Row& row) {
    if (row.changed) return note(parity, {Difference::What::altered, row.id, {}}, options);
    const bool first = draw.emplace(row.id, Drawn{kafka::partition_of(row.key, partitions), row.content, {}}).second;
    if (!first) note(parity, {Difference::What::missing, row.id, {}}, options);  // ids tell events apart
    parity.below_millisecond += row.below_millisecond ? 1 : 0;
  });
  parity.rows = draw.size();
  std::map<Hash128, std::int64_t> last;  // id of a key and partition
  sides.each_event(sides.offsets(kafka::Cluster::At::earliest), parity.ends, [&](const Sides::Event& event) {
    const auto drawn = draw.find(event.id);
    if (drawn == draw.end()) return;
    const bool again = !drawn->second.events.empty();  // a duplicate is named as such
    auto& highest = last.try_emplace(sides.sequence_of(event), event.id).first->second;
    drawn->second.events.push_back({event.partition, event.offset, event.content, !again && event.id < highest});
    highest = std::max(highest, event.id);
  });
  for (const auto& [id, drawn] : draw) parity.in_topic += drawn.events.size();
  if (!parity.moved_to && parity.in_topic == 0)
    parity.waiting = parity.rows;  // nobody has moved any
  else
    for (const auto& [id, drawn] : draw) judge(id, drawn, parity, options);
  return parity;
}

}  // namespace ctl::transfer
