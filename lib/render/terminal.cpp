#include "render/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/text.hpp"

namespace ctl::render {
namespace {

std::string variable(const Terminal& terminal, std::string_view name) {
  const auto found = terminal.environment.find(name);
  return found == terminal.environment.end() ? "" : found->second;
}

bool coloured(const Terminal& terminal, bool on_terminal) {
  if (terminal.colour != Colour::automatic) return terminal.colour == Colour::always;
  if (!variable(terminal, "NO_COLOR").empty() || variable(terminal, "TERM") == "dumb") return false;
  for (const auto* name : {"CLICOLOR_FORCE", "FORCE_COLOR"})
    if (const auto value = variable(terminal, name); !value.empty() && value != "0") return true;
  return on_terminal;
}

int width_of(int descriptor, const Terminal& terminal) {
  if (const auto columns = parse_integer(variable(terminal, "COLUMNS")); columns && *columns > 0 && *columns < 10'000)
    return static_cast<int>(*columns);
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

bool is_terminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

Look look_of(int descriptor, const Terminal& terminal) {
  const bool on_terminal = is_terminal(descriptor);
  return {.colour = coloured(terminal, on_terminal),
          .animate = on_terminal && variable(terminal, "TERM") != "dumb",
          .width = on_terminal ? width_of(descriptor, terminal) : 0};
}

}  // namespace ctl::render
