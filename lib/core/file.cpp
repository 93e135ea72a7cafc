#include "core/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/error.hpp"
#include "core/handle.hpp"

namespace ctl {
namespace {

namespace fs = std::filesystem;

Error unreadable(const std::string& path, const std::error_code& error) {
  return {Code::failed, {.what = "cannot read " + path, .cause = error.message()}};
}

int close_file(std::FILE* file) { return std::fclose(file); }

}  // namespace

std::optional<std::string> read_file_if(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (status.type() == fs::file_type::directory) throw unreadable(path, std::make_error_code(std::errc::is_a_directory));
  const Handle<std::FILE, close_file> file{std::fopen(path.c_str(), "rbe")};
  if (!file) throw unreadable(path, {errno, std::generic_category()});
  std::string text;
  char piece[16 * 1024];
  for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, file.get())) > 0;) text.append(piece, got);
  if (std::ferror(file.get()) != 0) throw unreadable(path, {errno, std::generic_category()});
  return text;
}

std::string read_file(const std::string& path) {
  auto text = read_file_if(path);
  if (!text) throw Error{Code::not_found, {.what = "there is no file " + path}};
  return std::move(*text);
}

void write_file(const std::string& path, std::string_view text) {
  const auto failed = [&] {
    return Error{Code::failed, {.what = "cannot write " + path, .cause = std::error_code{errno, std::generic_category()}.message()}};
  };
  const auto beside = path + ".part";
  auto* const file = std::fopen(beside.c_str(), "wbe");
  if (file == nullptr) throw failed();
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (std::fclose(file) != 0 || !written || std::rename(beside.c_str(), path.c_str()) != 0) {
    const auto error = failed();
    std::remove(beside.c_str());
    throw error;
  }
}

std::vector<std::string> files_in(const std::string& folder, std::string_view suffix) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry{folder, error}, end; !error && entry != end; entry.increment(error))
    if (auto name = entry->path().filename().string(); name.ends_with(suffix) && !entry->is_directory(error))
      names.push_back(std::move(name));
  if (error && error != std::errc::no_such_file_or_directory) throw unreadable(folder, error);
  std::sort(names.begin(), names.end());
  return names;
}

std::string path_in(std::string_view folder, std::string_view name) {
  return (fs::path{folder} / fs::path{name}).lexically_normal().string();
}

}  // namespace ctl
