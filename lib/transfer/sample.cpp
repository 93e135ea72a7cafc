#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "core/text.hpp"
#include "sql/queries.hpp"
#include "transfer/sides.hpp"

namespace ctl::transfer {
namespace {

constexpr std::int64_t window = 1000;  ///< records that are read behind the first one that is as young as the row; finding it costs as much

/// A drawn row, and the events that were found of it.
struct Drawn {
  int partition{};
  std::optional<Millis> time{};
  std::uint64_t content{};
  struct Found {
    int partition{};
    std::int64_t offset{};
    std::uint64_t content{};
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

void read(const Sides& sides, const Offsets& from, const Offsets& to, Draw& draw) {
  sides.each_event(from, to, [&](const Sides::Event& event) {
    if (const auto drawn = draw.find(event.id); drawn != draw.end())
      drawn->second.events.push_back({event.partition, event.offset, event.content});
  });
}

/// Offsets [first, second).
using Range = std::pair<std::int64_t, std::int64_t>;

/// Where each event should be, by partition: behind the first record that is as young as its row. Nothing twice, the last ranges first.
std::map<int, std::vector<Range>> near_places(const Sides& sides, const std::string& topic, const Offsets& ends, const Draw& draw) {
  std::map<int, std::vector<Range>> places;
  for (const auto& [id, drawn] : draw)
    for (const auto& [partition, offset] : sides.offsets(*drawn.time, std::vector{kafka::Partition{topic, drawn.partition}}))
      places[partition].emplace_back(offset, std::min(offset + window, ends.at(partition)));
  for (auto& [partition, ranges] : places) {
    std::sort(ranges.begin(), ranges.end(), std::greater{});
    std::vector<Range> apart;
    for (const auto& range : ranges) {
      if (apart.empty() || range.second < apart.back().first)
        apart.push_back(range);
      else
        apart.back().first = range.first;
    }
    ranges = std::move(apart);
  }
  return places;
}

/// One place of each partition at a time.
void read_near(const Sides& sides, std::map<int, std::vector<Range>> places, Draw& draw) {
  while (!places.empty()) {
    Offsets from, to;
    for (auto& [partition, ranges] : places) {
      std::tie(from[partition], to[partition]) = ranges.back();
      ranges.pop_back();
    }
    read(sides, from, to, draw);
    std::erase_if(places, [](const auto& place) { return place.second.empty(); });
  }
}

bool is_lacking(const Draw::value_type& drawn) { return drawn.second.events.empty(); }

void judge(std::int64_t id, const Drawn& drawn, Parity& parity, const ReconcileOptions& options) {
  using What = Difference::What;
  if (drawn.events.empty()) note(parity, {What::missing, id, {}}, options);
  for (const auto& event : drawn.events) {
    const std::pair place{event.partition, event.offset};
    if (event.partition != drawn.partition) note(parity, {What::misplaced, id, place}, options);
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
    draw.emplace(row.id, Drawn{kafka::partition_of(row.key, partitions), row.time, row.content, {}});
  });
  parity.rows = draw.size();
  const auto starts = sides.offsets(kafka::Cluster::At::earliest);
  std::int64_t records = 0;
  for (const auto& [partition, end] : parity.ends) records += end - starts.at(partition);
  if (sides.timed() && static_cast<std::int64_t>(draw.size()) < records / window)  // else all of it is sooner read
    read_near(sides, near_places(sides, table.topic, parity.ends, draw), draw);
  if (std::any_of(draw.begin(), draw.end(), is_lacking)) {
    for (auto& [id, drawn] : draw) drawn.events.clear();
    read(sides, starts, parity.ends, draw);
  }
  for (const auto& [id, drawn] : draw) {
    parity.in_topic += drawn.events.size();
    judge(id, drawn, parity, options);
  }
  return parity;
}

}  // namespace ctl::transfer
