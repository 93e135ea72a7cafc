#include "core/fault.hpp"

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "core/text.hpp"

namespace ctl {

void fault_point([[maybe_unused]] const char* point) noexcept {
#ifdef CTL_FAULTS
  static const char* const wanted = std::getenv("MYKARTCTL_FAULT");  // test builds only: the one place outside `settings` that looks
  if (wanted == nullptr) return;
  const std::string_view text{wanted};
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto colon = name.find(':');
  static int left =  // it acts once: a process that was stopped goes on
      colon == std::string_view::npos ? 1 : static_cast<int>(parse_integer(name.substr(colon + 1)).value_or(1));
  if (name.substr(0, colon) != point || --left != 0) return;
  std::raise(text.substr(equals + 1) == "stop" ? SIGSTOP : SIGKILL);
#endif
}

}  // namespace ctl
