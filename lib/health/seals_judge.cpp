// Whether a seal still holds: what was proved against what is there. Pure.
#include <fmt/format.h>

#include <algorithm>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "health/checks.hpp"
#include "health/seals.hpp"

namespace ctl::health {
namespace {

/// Collects what is otherwise, and what cannot be told.
class Judgement {
 public:
  Judgement(const Seal& seal, const SealObservation& now) : seal_{seal}, facts_{*seal.facts}, now_{now} {}

  SealState state() {
    if (facts_.declaration != now_.declaration) changed("topics.yaml says otherwise about " + seal_.table + " than when it was proved");
    topic();
    table();
    SealState state{.kind = SealState::Kind::holds, .changes = std::move(changes_), .why = join(unknown_, "; "), .seal = seal_};
    if (!state.changes.empty())
      state.kind = SealState::Kind::changed;
    else if (!state.why.empty())
      state.kind = SealState::Kind::unknown;
    return state;
  }

 private:
  [[nodiscard]] bool deployed() const { return seal_.direction == "deploy"; }
  void changed(std::string what) { changes_.push_back(std::move(what)); }
  void unknown(std::string why) { unknown_.push_back(std::move(why)); }

  void topic() {
    const auto& name = seal_.topic;
    if (!now_.topic) {
      if (now_.topic.error().code() == Code::not_found) return changed("topic " + name + " is gone");
      return unknown(one_line(now_.topic.error()));
    }
    const auto& proved = facts_.topic;
    const auto& found = *now_.topic;
    if (proved.id && !found.id) unknown(one_line(found.id.error()));
    if (proved.id && found.id && *proved.id != *found.id)
      return changed(fmt::format("topic {} was made anew (its id is {}, and was {})", name, *found.id, *proved.id));
    if (found.partitions.size() != proved.partitions.size())
      changed(fmt::format("topic {} has {} partitions, and had {}", name, found.partitions.size(), proved.partitions.size()));
    for (const auto& [partition, offsets] : proved.partitions)
      if (const auto at = found.partitions.find(partition); at != found.partitions.end()) records(partition, offsets, at->second);
    if (!deployed()) return;
    if (found.cleanup_policy.empty()) unknown("the broker does not tell the cleanup.policy of " + name);
    if (compacts(found.cleanup_policy))
      changed(fmt::format("cleanup.policy of topic {} is {}: its cleaner removes records", name, found.cleanup_policy));
  }

  /// Offsets, of which markers of transactions take some: numbers are upper bounds of the records.
  void records(int partition, const Offsets& proved, const Offsets& found) {
    const auto where = fmt::format("{} [{}]", seal_.topic, partition);
    if (found.end < proved.end) changed(fmt::format("{} ends at offset {}, and had reached {}", where, found.end, proved.end));
    if (deployed() && found.start > proved.start)
      changed(fmt::format("{} begins at offset {}, and began at {}: {} are gone", where, found.start, proved.start,
                          counted(static_cast<std::uint64_t>(std::min(found.start, proved.end) - proved.start), "offset")));
    if (!deployed() && found.end > proved.end)
      changed(fmt::format("{} got {} since: what is in them is not replayed", where,
                          counted(static_cast<std::uint64_t>(found.end - proved.end), "offset")));
  }

  void table() {
    if (!now_.table) return unknown(one_line(now_.table.error()));
    if (!*now_.table) return now_.dropped ? void() : changed("table " + seal_.table + " is gone");
    const auto& proved = facts_.table;
    const auto& found = **now_.table;
    if (proved.server != found.server || proved.database != found.database)
      return changed(fmt::format("{} is in another database (system {}, oid {}; it was system {}, oid {})", seal_.table, found.server,
                                 found.database, proved.server, proved.database));
    for (const auto& relation : proved.relations) relation_now(relation, found.relations);
    if (deployed()) rows(proved, found);
  }

  void relation_now(const SealedRelation& proved, const std::vector<SealedRelation>& all) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const SealedRelation& r) { return r.oid == proved.oid; });
    if (same == all.end()) return changed(fmt::format("{} (oid {}) is no part of the table any more", proved.name, proved.oid));
    if (!deployed()) return;  // the application goes on with it
    if (same->filenode != proved.filenode) {
      written_anew_ = true;
      changed(same->name + " was written anew (TRUNCATE, VACUUM FULL, CLUSTER, or a change of a column's type)");
    }
    if (same->columns != proved.columns) changed("the columns of " + same->name + " are others");
  }

  void rows(const SealedTable& proved, const SealedTable& found) {
    for (const auto& relation : found.relations)
      if (std::none_of(proved.relations.begin(), proved.relations.end(), [&](const SealedRelation& r) { return r.oid == relation.oid; }))
        changed(fmt::format("{} has become a part of the table", relation.name));
    const auto number = [](std::optional<std::int64_t> id) { return id ? fmt::format("{}", *id) : std::string{"none"}; };
    if (proved.last_id != found.last_id)
      changed(fmt::format("the highest id of {} is {}, and was {}", seal_.table, number(found.last_id), number(proved.last_id)));
    if (found.versions.empty() || found.versions == proved.versions) return;
    if (found.rows != proved.rows)
      changed(fmt::format("{} has {}, and had {}", seal_.table, counted(found.rows, "row"), format_count(proved.rows)));
    else if (!written_anew_)  // which has moved them all
      changed(fmt::format("rows of {} were changed or replaced ({} as before)", seal_.table, counted(found.rows, "row")));
  }

  const Seal& seal_;
  const SealFacts& facts_;
  const SealObservation& now_;
  std::vector<std::string> changes_{}, unknown_{};
  bool written_anew_{};
};

}  // namespace

SealState judge(const Seal& seal, const SealObservation& now) {
  if (!seal.facts)
    return {.kind = SealState::Kind::changed,
            .changes = {"it was proved by an older mykartctl, which did not write down what it had looked at"},
            .seal = seal};
  return Judgement{seal, now}.state();
}

std::string to_string(const SealState& state) {
  switch (state.kind) {
    case SealState::Kind::absent: return "not proved";
    case SealState::Kind::holds: return "holds";
    case SealState::Kind::changed: return "no longer: " + join(state.changes, "; ");
    case SealState::Kind::unknown: return "not known: " + state.why;
  }
  return "";
}

bool compacts(std::string_view cleanup_policy) {
  const auto policies = split(cleanup_policy, ',');
  return std::find(policies.begin(), policies.end(), "compact") != policies.end();
}

std::string declaration_digest(const EventTable& table) {
  Sha256 sum;
  const auto add = [&](std::string_view text) {
    sum.add(text);
    sum.add(std::string_view{"\0", 1});
  };
  for (const auto* text : {&table.topic, &table.id_column, &table.time_column, &table.time_zone, &table.key_template, &table.id_field})
    add(*text);
  add(to_string(table.table));
  add(std::to_string(table.time_digits));
  for (const auto& field : table.fields) {
    add(field.name);
    add(field.column);
  }
  return sum.hex();
}

}  // namespace ctl::health
