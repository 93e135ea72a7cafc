#include "health/status.hpp"

namespace ctl::health {

Journey journey(Sources& from, const Deadline& until) {
  Journey j;
  j.run = from.journal().last_migration(until);
  if (from.journal().present()) j.holder = lock_holder(from.database(), from.around.context, until);
  if (!j.run) {
    j.next = "mykartctl preflight";
    return j;
  }
  const auto entries = from.journal().steps(j.run->id, until);
  if (!entries.empty()) j.phase = entries.back().phase;
  const auto& result = j.run->result;
  const auto again = "mykartctl " + j.run->direction;
  if (result.empty()) {
    j.state = j.holder ? "running" : "in_doubt";
    j.next = j.holder ? "" : again;
  } else if (result == "done") {
    j.state = "done";
  } else if (result == "waiting") {
    j.state = "waiting";
    j.waiting_for = "application";
    j.next = again;
  } else {
    j.state = "failed";
    j.next = again;
  }
  return j;
}

}  // namespace ctl::health
