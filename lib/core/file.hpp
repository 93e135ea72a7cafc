#pragma once
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/handle.hpp"

namespace ctl {

/// The whole file as it is; nullopt if there is none. Throws Error{failed} with the system's words if it cannot be read.
[[nodiscard]] std::optional<std::string> read_file_if(const std::string& path);
/// The same; throws Error{not_found} if there is none.
[[nodiscard]] std::string read_file(const std::string& path);
/// Whole or not at all: written beside it, then renamed, so that nobody ever reads half a file. Throws Error{failed}.
void write_file(const std::string& path, std::string_view text);

inline int close_file(std::FILE* file) { return std::fclose(file); }
using File = Handle<std::FILE, close_file>;

/// The same in pieces: the file is there from done() on; without it nothing stays. All throw Error{failed}.
class NewFile {
 public:
  explicit NewFile(std::string path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void add(std::string_view text);
  void done();

 private:
  [[noreturn]] void fail() const;
  std::string path_, beside_;
  File file_;
};
/// Names (not paths) of the files in a folder that end with `suffix`, sorted; none if there is no such folder.
[[nodiscard]] std::vector<std::string> files_in(const std::string& folder, std::string_view suffix);
/// `name` in `folder`; `name` alone if it is absolute or the folder is "".
[[nodiscard]] std::string path_in(std::string_view folder, std::string_view name);

}  // namespace ctl
