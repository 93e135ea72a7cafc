#pragma once
#include <optional>
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
  const Holes* holes{};                                                               ///< to be closed, for an order of data
  Report (*report)(const Surroundings&, const Plan&, const postgres::Connection*){};  ///< of the plan; nullptr: the plan's own
};

[[nodiscard]] std::optional<Plan> saved_plan(const Session&);  ///< of --plan; Error{usage | manifest}
/// The phase to stop after: --until, else what the saved plan was made with; "" goes to the end.
[[nodiscard]] std::string until_of(const Session&);

[[nodiscard]] Answer only_plan(Session&, const Job&);  ///< looks, prints, saves with --out; exit 2 with --exit-code
[[nodiscard]] Answer carry_out(Session&, const Job&);  ///< plans, asks, does; with --dry-run it only plans

}  // namespace ctl::cli
