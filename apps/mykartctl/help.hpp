#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "command.hpp"

namespace ctl::cli {

/// The pages of `help`: text for people, the same rows as data for `-o json` (completion and documentation are made from that).
[[nodiscard]] Report overview();
[[nodiscard]] Report noun_page(std::string_view noun);  ///< of "topics": its commands
[[nodiscard]] Report command_page(const Command&);
[[nodiscard]] Report options_page();                                    ///< every option, and which commands take it
[[nodiscard]] std::optional<Report> topic_page(std::string_view name);  ///< "exit-codes", "destructive" …; nullopt if there is none
[[nodiscard]] std::vector<std::string> topic_names();

}  // namespace ctl::cli
