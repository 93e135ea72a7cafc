#include <algorithm>
#include <array>

#include "command.hpp"

namespace ctl::cli {

std::span<const Section> sections() noexcept {
  static const std::array all{
      Section{"Migration", validate_commands()},
      Section{"Migration", migration_commands()},
      Section{"Resources", schema_commands()},
      Section{"Resources", topics_commands()},
      Section{"Resources", topics_delete_commands()},
      Section{"Resources", connector_commands()},
      Section{"Resources", groups_commands()},
      Section{"Data", events_commands()},
      Section{"Data", reconcile_commands()},
      Section{"On call", oncall_commands()},
      Section{"Set-up", setup_commands()},
  };
  return all;
}

const Command* find_command(std::string_view path) noexcept {
  for (const auto& section : sections()) {
    const auto found = std::find_if(section.commands.begin(), section.commands.end(), [&](const Command& c) { return c.path == path; });
    if (found != section.commands.end()) return &*found;
  }
  return nullptr;
}

}  // namespace ctl::cli
