#pragma once
#include "command.hpp"

namespace ctl::cli {

/// `topics produce`: writes the records of --file to the topic, and prints where each of them lies as soon as it is known. The first line
/// that is no record, and the first record that is not taken, end it: what was sent before is waited for, and counted in the Error.
[[nodiscard]] Answer produce(Session&);

}  // namespace ctl::cli
