#include "value/problems.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ctl {
namespace {

std::string line_of(const Problem& problem) {
  return fmt::format("{} {}{}", to_string(problem.at), problem.what, problem.hint.empty() ? "" : " (" + problem.hint + ")");
}

std::string count_of(const Problems& errors) {
  std::size_t files = 1;
  for (std::size_t i = 1; i < errors.size(); ++i) files += errors[i].at.file != errors[i - 1].at.file ? 1 : 0;
  if (files == 1) return fmt::format("{} has {} problems", errors.front().at.file, errors.size());
  return fmt::format("{} problems in {} files", errors.size(), files);
}

Value read(std::optional<Value> (*parse)(std::string_view, const std::string&, Problems&), std::string_view text, const std::string& file) {
  Problems problems;
  auto value = parse(text, file, problems);
  if (has_errors(problems)) fail(problems);
  return std::move(*value);
}

}  // namespace

std::string_view to_string(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

bool has_errors(const Problems& problems) noexcept {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.severity == Severity::error; });
}

void fail(const Problems& problems, Code code) {
  Problems errors;
  std::copy_if(problems.begin(), problems.end(), std::back_inserter(errors),
               [](const Problem& p) { return p.severity == Severity::error; });
  if (errors.empty()) throw Error{Code::internal, {.what = "fail() was called without a problem"}};
  std::stable_sort(errors.begin(), errors.end(), [](const Problem& a, const Problem& b) { return a.at < b.at; });
  const auto& first = errors.front();
  if (errors.size() == 1) throw Error{code, {.what = first.what, .where = to_string(first.at), .hint = first.hint}};
  std::string lines;
  for (const auto& error : errors) lines += (lines.empty() ? "" : "\n") + line_of(error);
  throw Error{code, {.what = count_of(errors), .cause = lines, .where = to_string(first.at)}};
}

std::string did_you_mean(const std::optional<std::string>& candidate) { return candidate ? "did you mean '" + *candidate + "'?" : ""; }

Value parse_json(std::string_view text, const std::string& file) { return read(parse_json, text, file); }
Value parse_yaml(std::string_view text, const std::string& file) { return read(parse_yaml, text, file); }

}  // namespace ctl
