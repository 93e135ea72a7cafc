#pragma once
#include "model/step.hpp"

namespace ctl::cli {

class Session;

/// Shows the plan on stderr and gets the consent that its riskiest step needs: `yes`, the context's name where it is protected, the
/// object's name for each destructive step; --yes, --confirm and --allow-destructive in a script. Returns when it may go on. Error{refused}
/// when it may not: declined, blocked, or no terminal to ask on.
void confirm(Session&, const Plan&, Report shown);

}  // namespace ctl::cli
