#pragma once
#include <string>
#include <vector>

#include "arguments.hpp"

namespace ctl::cli {

/// From words to a checked command. Options stand before or behind the command, in any order; `--` ends them.
/// `--help` becomes the command "help" with the command's words as names, `--version` the command "version".
/// Throws Error{usage} that names the wrong word and the nearest right one.
[[nodiscard]] Arguments parse(const std::vector<std::string>& typed);

/// The last value of --output as far as it can be told without parsing, so that a wrong command line is answered in the form that was asked
/// for.
/// "" if there is none.
[[nodiscard]] std::string output_wanted(const std::vector<std::string>& typed);

}  // namespace ctl::cli
