#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "manifest/manifest.hpp"

namespace ctl::manifest {
namespace {

Value to_value(const Problem& problem) {
  Value value;
  value.set("file", problem.at.file)
      .set("line", problem.at.line)
      .set("column", problem.at.column)
      .set("severity", to_string(problem.severity));
  value.set("rule", problem.rule).set("message", problem.what).set("try", problem.hint.empty() ? Value{} : Value{problem.hint});
  return value;
}

}  // namespace

Report report(const Problems& problems, const std::vector<std::string>& files, bool strict) {
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(problems.begin(), problems.end(), [&](const Problem& p) { return p.severity == severity; }));
  };
  const auto errors = count(Severity::error), warnings = count(Severity::warning);

  Report report{.kind = "validate", .ok = errors == 0 && (!strict || warnings == 0)};
  Value summary, list{Value::List{}}, read{Value::List{}};
  Table table{.head = {"WHERE", "SEVERITY", "RULE", "MESSAGE", "FIX"}};
  for (const auto& problem : problems) {
    table.rows.push_back({{to_string(problem.at)},
                          {std::string{to_string(problem.severity)}, problem.severity == Severity::error ? Style::bad : Style::warn},
                          {problem.rule},
                          {problem.what},
                          {problem.hint}});
    list.push(to_value(problem));
    report.names.push_back(to_string(problem.at));
  }
  for (const auto& file : files) read.push(file);
  summary.set("files", files.size()).set("errors", errors).set("warnings", warnings);
  report.data.set("summary", std::move(summary)).set("files", std::move(read)).set("problems", std::move(list));
  if (!table.rows.empty()) report.blocks.emplace_back(std::move(table));
  return report.line(fmt::format("{}: {}, {}", counted(files.size(), "file"), counted(errors, "error"), counted(warnings, "warning")),
                     errors > 0     ? Style::bad
                     : warnings > 0 ? Style::warn
                                    : Style::good);
}

}  // namespace ctl::manifest
