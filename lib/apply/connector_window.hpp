#pragma once
#include <functional>
#include <string>

#include "connect/worker.hpp"

namespace ctl {

/// Runs `change` while the connector is stopped and has no task. `change` gets a deadline that leaves time to take the connector up again.
/// It is left stopped when `change` succeeds. When anything fails or somebody interrupts, it is brought back into the state it was in
/// before (RUNNING or PAUSED), also when the command's time is over, and the listener is told so, or how to do it by hand.
void while_stopped(connect::Worker&, const std::string& name, const Deadline&, Listener&,
                   const std::function<void(const Deadline&)>& change);

}  // namespace ctl
