#include <cstdlib>

#include "settings/settings.hpp"

extern char** environ;  // POSIX; declared by no standard header

namespace ctl::settings {

Environment read_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    if (const auto equals = text.find('='); equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

void forget(std::span<const std::string> variables) {
  for (const auto& name : variables) ::unsetenv(name.c_str());
}

}  // namespace ctl::settings
