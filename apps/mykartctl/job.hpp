#pragma once
#include <string>
#include <vector>

#include "apply/work.hpp"
#include "command.hpp"

namespace ctl::cli {

class Session;

/// A command that changes things, before it is known whether it shall only be planned.
struct Job {
  std::string command{};  ///< "topics apply"
  Desk::Direction direction{Desk::Direction::none};
  std::vector<plan::Stop> order{};
  Report (*report)(const Surroundings&, const Plan&, const postgres::Connection*){};  ///< of the plan; nullptr: the plan's own
};

[[nodiscard]] Answer only_plan(Session&, const Job&);  ///< looks, prints, saves with --out; exit 2 with --exit-code
[[nodiscard]] Answer carry_out(Session&, const Job&);  ///< plans, asks, does; with --dry-run it only plans

}  // namespace ctl::cli
