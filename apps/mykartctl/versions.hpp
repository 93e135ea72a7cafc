#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ctl::cli {

struct Library {
  std::string name{}, version{};
};
[[nodiscard]] std::string_view tool_version() noexcept;  ///< "0.1.0"
[[nodiscard]] std::vector<Library> libraries_used();     ///< as they run now where a library can say so, else as it was compiled against

}  // namespace ctl::cli
