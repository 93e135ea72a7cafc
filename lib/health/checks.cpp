#include "health/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace ctl::health {
namespace {

constexpr std::array<std::string_view, 4> results{"ok", "warn", "fail", "unknown"};
constexpr std::array<Style, 4> styles{Style::good, Style::warn, Style::bad, Style::bad};

Value to_value(const Check& check, bool verify) {
  Value one;
  if (!verify)
    one.set("check", check.id).set("target", check.target).set("result", to_string(check.result)).set("found", check.found);
  else
    one.set("id", check.id)
        .set("title", check.id)
        .set("resource", check.target)
        .set("result", check.result == Result::ok ? "pass" : to_string(check.result))
        .set("expected", check.expected)
        .set("found", check.found)
        .set("evidence", Value::List{});
  one.set(verify ? "try" : "fix", check.fix.empty() ? Value{} : Value{check.fix});
  return one;
}

}  // namespace

std::string_view to_string(Result result) { return results[static_cast<std::size_t>(result)]; }

std::size_t Checks::count(Result result) const {
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Check& c) { return c.result == result; }));
}

std::string one_line(const Error& e) {
  auto text = e.text().what;
  if (!e.text().cause.empty()) text += ": " + e.text().cause;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Report report(const Checks& checks) {
  const bool verify = checks.kind == "verify";
  Report report{.kind = checks.kind};
  Value list{Value::List{}}, summary;
  Table table{.head = verify ? std::vector<std::string>{"CHECK", "TARGET", "EXPECTED", "FOUND", "RESULT"}
                             : std::vector<std::string>{"CHECK", "TARGET", "RESULT", "FOUND", "FIX"}};
  for (const auto& check : checks.all) {
    const Cell result{std::string{to_string(check.result)}, styles[static_cast<std::size_t>(check.result)]};
    if (verify)
      table.rows.push_back({{check.id}, {check.target}, {check.expected}, {check.found}, result});
    else
      table.rows.push_back({{check.id}, {check.target}, result, {check.found}, {check.fix}});
    if (check.result == Result::unknown) report.unknown.push_back({fmt::format("checks[{}]", list.list()->size()), check.found});
    list.push(to_value(check, verify));
  }
  summary.set(verify ? "passed" : "ok", checks.count(Result::ok)).set(verify ? "failed" : "fail", checks.count(Result::fail));
  summary.set(verify ? "warned" : "warn", checks.count(Result::warn)).set("unknown", checks.count(Result::unknown));
  report.data.set(verify ? "expect" : "direction", checks.expect).set("summary", std::move(summary)).set("checks", std::move(list));
  if (checks.more.map() != nullptr)
    for (const auto& member : *checks.more.map()) report.data.set(member.key, member.value);
  report.blocks.emplace_back(std::move(table));
  if (verify)
    for (const auto& check : checks.all)
      if (!check.fix.empty() && check.result != Result::ok)
        report.line(fmt::format("{} {}: try: {}", check.id, check.target, check.fix), Style::warn);
  auto total = fmt::format("{} ok, {}", checks.count(Result::ok), counted(checks.count(Result::warn), "warning"));
  if (const auto n = checks.count(Result::fail); n > 0) total += ", " + counted(n, "failure");
  if (const auto n = checks.count(Result::unknown); n > 0) total += fmt::format(", {} not known", n);
  return report.line(total + ".", checks.good() ? Style::good : Style::bad), report;
}

}  // namespace ctl::health
