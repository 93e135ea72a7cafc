#include <algorithm>

#include "core/error.hpp"
#include "core/file.hpp"
#include "settings/settings.hpp"

namespace ctl::settings {
namespace {

constexpr std::string_view opening = "${mykartctl:", of_variable = "env:", of_file = "file:";

std::string variable_value(const std::string& name, const Environment& environment, const std::string& where) {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty())
    throw Error{Code::config, {.what = "the variable " + name + " is not set", .where = where, .hint = "export " + name + "=…"}};
  return found->second;
}

std::string file_value(const std::string& name, std::string_view folder, const std::string& where) {
  const auto path = path_in(folder, name);
  auto content = read_file_if(path);
  if (!content) throw Error{Code::config, {.what = "there is no file " + path, .where = where}};
  if (content->ends_with('\n')) content->pop_back();
  return std::move(*content);
}

}  // namespace

Expanded expand(std::string_view text, const Environment& environment, std::string_view folder, const std::string& where) {
  Expanded expanded;
  for (;;) {
    const auto from = std::min(text.find(opening), text.size());
    expanded.text += text.substr(0, from);
    text.remove_prefix(from);
    if (text.empty()) return expanded;
    const auto end = text.find('}');
    const auto reference = text.substr(opening.size(), end == std::string_view::npos ? end : end - opening.size());
    const bool variable = reference.starts_with(of_variable);
    if (end == std::string_view::npos || (!variable && !reference.starts_with(of_file)))
      throw Error{Code::config,
                  {.what = "this reference cannot be read: " + std::string{text.substr(0, end)},
                   .where = where,
                   .hint = "${mykartctl:env:NAME} or ${mykartctl:file:PATH}"}};
    const std::string name{reference.substr(variable ? of_variable.size() : of_file.size())};
    const auto value = variable ? variable_value(name, environment, where) : file_value(name, folder, where);
    expanded.text += value;
    expanded.secrets.emplace_back(value);
    text.remove_prefix(end + 1);
  }
}

}  // namespace ctl::settings
