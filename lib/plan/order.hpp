#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/project.hpp"
#include "model/step.hpp"

/// The two journeys as data: which resource is looked at in which phase, in order. Whether there is anything to do is each handler's
/// answer.
namespace ctl::plan {

struct Stop {
  std::string phase{};
  Resource resource{};
};
/// schema topics backfill (tail) fence reconcile connector retire
[[nodiscard]] std::vector<Stop> deploy_order(const Project&);
/// restore replay (tail) final reconcile connector topics
[[nodiscard]] std::vector<Stop> rollback_order(const Project&);

/// The phases that --until takes, in order.
[[nodiscard]] const std::vector<std::string>& phases(std::string_view direction);
/// The part of `order` up to and including `phase`; all of it for "". Error{usage} with a suggestion for an unknown phase.
[[nodiscard]] std::vector<Stop> up_to(std::vector<Stop> order, std::string_view direction, std::string_view phase);

}  // namespace ctl::plan
