#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "settings/settings.hpp"

namespace ctl::settings {

/// The folder that has the file `name`: the one that was given (-C, PREFIX_PROJECT) and no other, else the working folder or the nearest
/// one above it up to the root of the git repository. Private to this room.
[[nodiscard]] std::optional<std::string> folder_with(std::string_view name, const Given&);

[[nodiscard]] std::string variable(const Environment&, std::string_view name);  ///< "" if it is not set

}  // namespace ctl::settings
