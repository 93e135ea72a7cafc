#include "settings/locate.hpp"

#include <filesystem>

#include "core/error.hpp"

namespace ctl::settings {
namespace {

namespace fs = std::filesystem;

bool present(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string named_folder(const Given& given) {
  const auto flag = given.flags.find("project");
  return flag != given.flags.end() && !flag->second.empty() ? flag->second.back() : variable(given.environment, given.prefix + "PROJECT");
}

fs::path absolute(const Given& given, const std::string& folder) {
  const auto path = (fs::path{given.folder} / folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();  // "/x/" is "/x"
}

}  // namespace

std::string variable(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

std::optional<std::string> folder_with(std::string_view name, const Given& given) {
  if (const auto named = named_folder(given); !named.empty()) {
    const auto folder = absolute(given, named);
    return present(folder / name) ? std::optional{folder.string()} : std::nullopt;
  }
  for (fs::path folder = absolute(given, ""); !folder.empty(); folder = folder.parent_path()) {
    if (present(folder / name)) return folder.string();
    if (present(folder / ".git") || folder == folder.root_path()) break;
  }
  return std::nullopt;
}

std::string project_folder(const Given& given) {
  if (auto found = folder_with("topics.yaml", given)) return *found;
  const auto named = named_folder(given);
  const auto where = named.empty() ? given.folder + " or above" : absolute(given, named).string();
  throw Error{Code::manifest, {.what = "no topics.yaml in " + where, .hint = "mykartctl -C path/to/repo preflight"}};
}

}  // namespace ctl::settings
