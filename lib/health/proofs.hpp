#pragma once
#include <optional>
#include <string>
#include <vector>

#include "health/seals.hpp"
#include "health/status.hpp"

namespace ctl::health {

/// Whether what a journey was for is reached, and proved.
struct Proofs {
  std::string direction{};                  ///< of the newest run that has one; "": none
  std::vector<SealState> seals{};           ///< of the declared tables in that direction, in their order
  bool at_the_end{};                        ///< tables and migrations are where the last phase leaves them
  std::optional<std::int64_t> to_replay{};  ///< offsets that a rollback has yet to read, at most
  [[nodiscard]] bool all_hold() const;
};
[[nodiscard]] Proofs proofs(Sources&, const Journey&, const Deadline&);

/// What a journey whose last run is done is called: sealed (at the end, and every proof holds), unsealed (at the end, and one does not), or
/// reached (not at the end: a part of it, a backfill alone, a repair). Sets state and next.
void conclude(Journey&, const Proofs&);

}  // namespace ctl::health
