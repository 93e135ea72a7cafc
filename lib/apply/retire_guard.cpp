#include "apply/retire_guard.hpp"

#include <fmt/format.h>

#include "core/text.hpp"
#include "postgres/named.hpp"
#include "transfer/event_count.hpp"

namespace ctl {
namespace {

constexpr auto patience_under_lock = std::chrono::seconds{20};  ///< whoever reads the tables waits meanwhile

struct Standing {
  const EventTable* declared{};
  Located located{};
};

/// The tables that are still in use.
std::vector<Standing> standing_tables(const Desk& desk, const Deadline& until) {
  std::vector<Standing> all;
  for (const auto& declared : desk.around.project.tables)
    if (auto located = locate(desk, declared, until); located && !located->retired) all.push_back({&declared, std::move(*located)});
  return all;
}

[[noreturn]] void refuse(const std::string& migration, const EventTable& declared, const std::string& why) {
  throw Error{Code::refused,
              {.what = fmt::format("{} is not run: {} is {}", migration, to_string(declared.table), why),
               .hint = "mykartctl deploy (again: it proves anew, and names what differs)"}};
}

/// Which proof speaks for it; refuses when none does.
Seal holding(const Desk& desk, const std::string& migration, const Standing& table, health::Depth depth, const Deadline& until) {
  if (!table.located.fenced) refuse(migration, *table.declared, "not fenced");
  const auto state = health::seal_state(witnesses(desk), *table.declared, "deploy", depth, until);
  if (state.kind == health::SealState::Kind::absent) refuse(migration, *table.declared, "not proved to be in its topic");
  if (!state.holds()) refuse(migration, *table.declared, "not proved to be in its topic any more. Its proof is " + to_string(state));
  return *state.seal;
}

/// What metadata cannot tell: events that were added to those that were compared, and, for a proof of an earlier run, those that a cleaner
/// has taken away meanwhile.
std::string recount(const Desk& desk, const Standing& table, const Seal& seal, Listener& to, const Deadline& until) {
  const bool of_this_run = seal.run == desk.writing().id();
  transfer::Offsets from;
  for (const auto& [partition, offsets] : seal.facts->topic.partitions) from[partition] = of_this_run ? offsets.end : offsets.start;
  const auto ends = transfer::offsets_of(desk.kafka, seal.topic, kafka::Cluster::At::latest, until);
  const auto found = transfer::count_events(desk.database(), desk.around.kafka, at(*table.declared, table.located), from, ends, to, until);
  const auto expected = of_this_run ? 0 : seal.events;
  if (found.events == expected && found.duplicates() == 0) return {};
  if (of_this_run || found.ids == expected)
    return fmt::format("in {} more than once: {} came after the comparison", seal.topic, counted(found.events - expected, "event"));
  return fmt::format("not in {} as it was proved: there were {}, and there are {} of {} now", seal.topic, counted(seal.events, "event"),
                     format_count(found.events), counted(found.ids, "row"));
}

}  // namespace

std::vector<TableName> check_before_retiring(const Desk& desk, const std::string& migration, Listener& to, const Deadline& until) {
  std::vector<TableName> in_use;
  for (const auto& table : standing_tables(desk, until)) {
    in_use.push_back(table.located.info.table);
    const auto seal = holding(desk, migration, table, health::Depth::catalog, until);
    const auto otherwise = recount(desk, table, seal, to, until);
    if (otherwise.empty()) continue;
    desk.writing().journal().unseal(seal.table, seal.direction, until);
    refuse(migration, *table.declared, otherwise);
  }
  return in_use;
}

void check_under_lock(const Desk& desk, const std::string& migration, const std::vector<TableName>& in_use, const Deadline& until) {
  if (in_use.empty()) return;
  // LOCK TABLE takes no snapshot, so that the first query after the last of them sees all that was committed before it.
  for (const auto& table : in_use)
    desk.database().query("lock table " + postgres::quote_identifier(table) + " in access exclusive mode", until);
  const auto soon = until.within(patience_under_lock);
  for (const auto& table : standing_tables(desk, soon)) static_cast<void>(holding(desk, migration, table, health::Depth::counted, soon));
}

}  // namespace ctl
