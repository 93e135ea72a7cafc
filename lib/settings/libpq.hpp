#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "settings/settings.hpp"

namespace ctl::settings {

/// Those of libpq's variables that say where to connect and are set. The others (PGPASSWORD, PGSSLMODE …) say how, and libpq reads them
/// itself.
[[nodiscard]] std::vector<std::string> libpq_variables(const Environment&);

/// The database that they name, missing parts from the default. Written out instead of left to libpq, so that messages can show it.
[[nodiscard]] std::string libpq_conninfo(const Environment&, std::string_view standard_url);

}  // namespace ctl::settings
