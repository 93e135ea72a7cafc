#include "health/proofs.hpp"

#include <algorithm>

#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

/// The migrations that retire, as far as a deploy runs them: all are applied, or none is.
bool retiring_migrations(const Project& project, Journal& journal, bool applied, const Deadline& until) {
  const auto states = journal.migrations(until);
  return std::all_of(project.migrations.begin(), project.migrations.end(), [&](const Migration& m) {
    if (m.phase != Migration::Phase::contract || m.run_by != Migration::RunBy::deploy) return true;
    const auto found = states.find(m.id);
    return (found != states.end() && found->second.state != "reverted") == applied;
  });
}

/// Deployed: no table takes writes where it was. Rolled back: each is back and does.
bool tables_in_place(Sources& from, bool deployed, const Deadline& until) {
  for (const auto& declared : from.around.project.tables) {
    const auto located = locate(from.around.project, declared, from.database(), until);
    if (deployed && located && !located->retired && !located->fenced) return false;
    if (!deployed && (!located || located->retired || located->fenced)) return false;
  }
  return true;
}

std::int64_t left_to_replay(Sources& from, const Deadline& until) {
  std::int64_t sum = 0;
  for (const auto& declared : from.around.project.tables)
    for (const auto& [partition, behind] :
         transfer::replay_behind(from.database(), from.around.kafka, declared, from.around.listener, until))
      sum += behind;
  return sum;
}

}  // namespace

bool Proofs::all_hold() const {
  return std::all_of(seals.begin(), seals.end(), [](const SealState& state) { return state.holds(); });
}

Proofs proofs(Sources& from, const Journey& journey, const Deadline& until) {
  Proofs found;
  if (!journey.run) return found;
  found.direction = journey.run->direction;
  const bool deployed = found.direction == "deploy";
  const SealWitnesses witnesses{from.around.project, from.journal(), from.kafka, from.database()};
  found.seals = seal_states(witnesses, found.direction, Depth::catalog, until);
  // Tables that are back are only the first half of a rollback; retired ones have been proved.
  const bool all_proved =
      std::none_of(found.seals.begin(), found.seals.end(), [](const SealState& s) { return s.kind == SealState::Kind::absent; });
  found.at_the_end = (deployed || all_proved) && retiring_migrations(from.around.project, from.journal(), deployed, until) &&
                     tables_in_place(from, deployed, until);
  if (!deployed && !found.all_hold())
    if (const auto left = attempt([&] { return left_to_replay(from, until); }); left) found.to_replay = *left;
  return found;
}

void conclude(Journey& journey, const Proofs& proofs) {
  if (journey.state != "done") return;
  journey.next = "mykartctl " + proofs.direction;
  if (!proofs.at_the_end) {
    journey.state = "reached";
  } else if (!proofs.all_hold()) {
    journey.state = "unsealed";
  } else {
    journey.state = "sealed";
    journey.next = "mykartctl verify";
  }
}

}  // namespace ctl::health
