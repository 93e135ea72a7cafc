#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ctl {

/// The whole file as it is; nullopt if there is none. Throws Error{failed} with the system's words if it cannot be read.
[[nodiscard]] std::optional<std::string> read_file_if(const std::string& path);
/// The same; throws Error{not_found} if there is none.
[[nodiscard]] std::string read_file(const std::string& path);
/// Whole or not at all: written beside it, then renamed, so that nobody ever reads half a file. Throws Error{failed}.
void write_file(const std::string& path, std::string_view text);
/// Names (not paths) of the files in a folder that end with `suffix`, sorted; none if there is no such folder.
[[nodiscard]] std::vector<std::string> files_in(const std::string& folder, std::string_view suffix);
/// `name` in `folder`; `name` alone if it is absolute or the folder is "".
[[nodiscard]] std::string path_in(std::string_view folder, std::string_view name);

}  // namespace ctl
