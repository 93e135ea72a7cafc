// Whether events can become rows again, asked before tables are taken away and before they are brought back.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/text.hpp"
#include "health/preflight.hpp"
#include "health/proved_topic.hpp"
#include "transfer/way_back.hpp"

namespace ctl::health {
namespace {

constexpr std::string_view id = "way-back";

/// The checks of one table. What is not ok is said in one check each, and what is fine in one together.
struct TableChecks {
  std::vector<Check>& into;
  std::string target;
  std::vector<std::string> fine{};
  std::size_t bad{};

  void add(Result result, std::string found, std::string fix) {
    into.push_back({.id = std::string{id}, .target = target, .result = result, .found = std::move(found), .fix = std::move(fix)});
    ++bad;
  }
  void done() {
    if (bad == 0 || !fine.empty())
      into.push_back({.id = std::string{id}, .target = target, .found = fine.empty() ? "events can become rows again" : join(fine, "; ")});
  }
};

/// How many events there are for which a replay would need ids, at most.
std::uint64_t events_to_come(const transfer::ReplayStart& start, const transfer::ProvedTopic& proved,
                             const std::map<int, std::int64_t>& behind) {
  std::uint64_t sum = 0;
  for (const auto& [partition, left] : behind) {
    const auto end = proved.ends.find(partition);
    const auto own =
        end == proved.ends.end() || !start.anew.empty() ? 0 : std::max<std::int64_t>(end->second - start.next.at(partition), 0);
    sum += static_cast<std::uint64_t>(std::max<std::int64_t>(left - own, 0));
  }
  return sum;
}

void ids(TableChecks& checks, Sources& from, const EventTable& table, const TableInfo& info, std::uint64_t needed, const Deadline& until) {
  constexpr std::int64_t few = 1'000'000;
  const auto column = table.id_column, name = to_string(table.table);
  if (!info.sequence) {
    checks.add(
        Result::fail, fmt::format("{} gets no ids from a sequence: no event could become a row", column),
        fmt::format("create a sequence owned by {0}.{1}, and: alter table {0} alter column {1} set default nextval('…')", name, column));
    return;
  }
  const auto room = transfer::id_room(from.database(), table, *info.sequence, until);
  const auto make_room =
      fmt::format("alter table {} alter column {} type bigint; alter sequence {} as bigint no maxvalue", name, column, info.sequence->name);
  if (static_cast<std::uint64_t>(room.left()) < needed)
    checks.add(Result::fail, fmt::format("{} new ids are left (up to {}), {} may be needed", room.left(), room.most, needed), make_room);
  else if (room.left() < few)
    checks.add(Result::warn,
               fmt::format("only {} new ids are left (up to {})", format_count(static_cast<std::uint64_t>(room.left())), room.most),
               make_room);
  if (room.lags())
    checks.add(Result::warn,
               fmt::format("{} is at {}, behind the highest id {}: the application gets ids that are taken; a replay brings it there",
                           info.sequence->name, room.last, room.highest),
               fmt::format("select setval('{}', (select max({}) from {}))", info.sequence->name, column, name));
}

void columns(TableChecks& checks, const EventTable& table, const TableInfo& info) {
  for (const auto& column : transfer::columns_without_value(table, info))
    checks.add(
        Result::fail, fmt::format("{} may not be NULL, has no default and is no field: no event could become a row", column),
        fmt::format("alter table {} alter column {} set default …, or make it a field in topics.yaml", to_string(table.table), column));
  if (const auto generated = transfer::generated_fields(table, info); !generated.empty())
    checks.fine.push_back(join(generated, ", ") + " is computed by the server, whatever an event says");
}

void hooks(TableChecks& checks, Sources& from, const EventTable& table, const Deadline& until) {
  for (const auto& hook : transfer::insert_hooks(from.database(), table.table, until)) {
    if (!hook.trigger)
      checks.add(Result::warn, fmt::format("rule {} is not followed: a replay inserts by COPY", hook.name),
                 fmt::format("alter table {} disable rule {}, if it is not needed", to_string(table.table), hook.name));
    else
      checks.add(Result::warn,
                 fmt::format("trigger {} ({} {}) runs for each row that a replay brings{}", hook.name, hook.before ? "before" : "after",
                             hook.each_row ? "each row" : "each statement",
                             hook.each_row ? ": one that it swallows, changes or refuses becomes a dead letter" : ""),
                 fmt::format("alter table {} disable trigger {} before a rollback, if rows are to come back as they are",
                             to_string(table.table), hook.name));
  }
}

void time_zone(TableChecks& checks, const EventTable& table, const TableInfo& info) {
  const auto fixed = [](const std::string& zone) {
    return zone.empty() || zone == "UTC" || zone == "Etc/UTC" || zone == "GMT" || zone.front() == '+' || zone.front() == '-';
  };
  const auto is_local = [&](const Field& field) {
    return std::any_of(info.columns.begin(), info.columns.end(), [&](const ColumnInfo& column) {
      return column.name == field.column && column.type == "timestamp without time zone";
    });
  };
  if (fixed(table.time_zone) || std::none_of(table.fields.begin(), table.fields.end(), is_local)) return;
  checks.fine.push_back(
      fmt::format("where clocks in {} go back, times of an hour are folded into the next one (said when it happens)", table.time_zone));
}

void topic(TableChecks& checks, Sources& from, const EventTable& table, const transfer::ReplayStart& start, std::uint64_t accept_loss) {
  if (!start.whole() && start.lost() > accept_loss) {
    const auto error = transfer::removed_before_replay(table, start);
    checks.add(Result::fail, one_line(error), error.text().hint);
  }
  const auto* spec = from.around.project.topic(table.topic);
  if (spec != nullptr && static_cast<std::size_t>(spec->partitions) < start.next.size())
    checks.add(Result::warn,
               fmt::format("{} has {} partitions, {} are declared: the ones that were added are replayed from their start", table.topic,
                           start.next.size(), spec->partitions),
               fmt::format("declare partitions: {} in topics.yaml", start.next.size()));
}

}  // namespace

void check_way_back(std::vector<Check>& into, Sources& from, std::string_view direction, std::uint64_t accept_loss, const Deadline& until) {
  const auto seals = from.journal().seals(until);
  for (const auto& declared : from.around.project.tables)
    ask(into, std::string{id}, to_string(declared.table), [&] {
      const auto located = locate(from.around.project, declared, from.database(), until);
      if (!located) return;  // said by check_data
      const auto table = at(declared, *located);
      TableChecks checks{into, to_string(declared.table)};
      std::uint64_t needed = 1;
      if (direction == "rollback") {
        const auto proved = proved_topic(seals, table);
        const auto& kafka = from.around.kafka;
        const auto start = transfer::replay_start(from.database(), kafka, table, proved, from.around.listener, until);
        needed = start.next.empty()
                     ? 0
                     : events_to_come(start, proved, transfer::replay_behind(from.database(), kafka, table, from.around.listener, until));
        topic(checks, from, table, start, accept_loss);
      }
      ids(checks, from, table, located->info, needed, until);
      columns(checks, table, located->info);
      hooks(checks, from, table, until);
      time_zone(checks, table, located->info);
      checks.done();
    });
}

}  // namespace ctl::health
