#include "core/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/error.hpp"

namespace ctl {
namespace {

namespace fs = std::filesystem;

Error unreadable(const std::string& path, const std::error_code& error) {
  return {Code::failed, {.what = "cannot read " + path, .cause = error.message()}};
}

}  // namespace

std::optional<std::string> read_file_if(const std::string& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (status.type() == fs::file_type::directory) throw unreadable(path, std::make_error_code(std::errc::is_a_directory));
  const File file{std::fopen(path.c_str(), "rbe")};
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

NewFile::NewFile(std::string path) : path_{std::move(path)}, beside_{path_ + ".part"}, file_{std::fopen(beside_.c_str(), "wbe")} {
  if (!file_) fail();
}

NewFile::~NewFile() {
  if (file_) std::remove(beside_.c_str());
}

void NewFile::fail() const {
  throw Error{Code::failed, {.what = "cannot write " + path_, .cause = std::error_code{errno, std::generic_category()}.message()}};
}

void NewFile::add(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail();
}

void NewFile::done() {
  if (std::fclose(file_.release()) == 0 && std::rename(beside_.c_str(), path_.c_str()) == 0) return;
  const auto reason = errno;
  std::remove(beside_.c_str());
  errno = reason;
  fail();
}

void write_file(const std::string& path, std::string_view text) {
  NewFile file{path};
  file.add(text);
  file.done();
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
