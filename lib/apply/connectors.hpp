#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apply/desk.hpp"
#include "health/connectors.hpp"

/// The verbs of `connector` beside plan and apply, which are Work with connector/NAME as its order.
namespace ctl {

/// The plan of connectors change by change: # ACTION RESOURCE KEY BEFORE AFTER RISK UNDO, then TABLE → TOPIC. Machines get the plan's own
/// JSON with `topics`.
[[nodiscard]] Report connector_plan_report(const Surroundings&, const Plan&, const postgres::Connection* database);

/// The file's lint, with the worker: what its plugin finds and what stands in the way in PostgreSQL. KEY SEVERITY RULE MESSAGE FIX.
struct ConnectorFindings {
  Report report{};
  bool good{true};  ///< no error
};
[[nodiscard]] ConnectorFindings connector_validate(Sources&, const ConnectorSpec&, bool offline, const Deadline&);

/// STATE before and after. Returns once it runs again; Error{failed} with the cause when it does not. `task` none: the connector and its
/// tasks.
[[nodiscard]] Report connector_restart(Sources&, const std::string& name, bool only_failed, std::optional<int> task, const Deadline&);

/// pause, resume, stop: STATE before and after, SLOT, WAL-HELD. `wanted`: paused, running, stopped. Returns once it is so.
[[nodiscard]] Report connector_set_state(Sources&, const std::string& name, RunState wanted, const Deadline&);

/// A connector leaves its slot behind, which keeps WAL without end; so the caller has to say what becomes of it.
struct DeleteConnector {
  bool drop_slot{};         ///< also resets the offsets: a position without its slot is a silent gap for the next connector of that name
  bool drop_publication{};  ///< only together with the slot: what a slot holds cannot be decoded without its publication
  bool drop_offsets{};
};
struct Removal {
  std::string action{}, resource{};  ///< stop|reset|delete|drop, "slot/shop_slot"
};
/// What it would do, in the one safe order: stop, offsets, connector, slot, publication. Error{refused} for what must not be done,
/// Error{not_found} when neither the worker nor a file knows the connector.
[[nodiscard]] std::vector<Removal> connector_removal(const Desk&, connect::Worker&, const std::string& name, DeleteConnector,
                                                     const Deadline&);
/// Does it; what is gone already is no error, so that it may be run again. # ACTION RESOURCE RESULT; the JSON keeps the offsets it reset.
[[nodiscard]] Report connector_delete(const Desk&, connect::Worker&, const std::string& name, DeleteConnector, const Deadline&);

}  // namespace ctl
