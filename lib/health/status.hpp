#pragma once
#include <optional>
#include <string>

#include "health/checks.hpp"
#include "journal/lock.hpp"

namespace ctl::health {

/// Where the migration stands, from the journal.
struct Journey {
  std::optional<Run> run{};   ///< the newest with a direction
  std::string state{"none"};  ///< none running waiting failed in_doubt done: of the run; whether it is proved, status says
  std::string phase{}, waiting_for{}, next{};
  std::optional<Lock::Holder> holder{};  ///< of the lock, now
};
[[nodiscard]] Journey journey(Sources&, const Deadline&);

struct Status {
  Report report{};
  bool good{true};  ///< nothing is wrong and everything is known
};
/// What is now: servers, the migration and what it waits for, tables, topics, connectors, groups. Works with any of the servers down: what
/// they would have said is unknown, with the reason.
[[nodiscard]] Status status(Sources&, const Deadline&);

}  // namespace ctl::health
