#include "render/envelope.hpp"

#include <array>

namespace ctl::render {
namespace {

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

/// "topics.yaml:12:5" -> {file, line, column}; null for anything else.
Value place(const std::string& where) {
  const auto second = where.rfind(':');
  const auto first = second == std::string::npos || second == 0 ? std::string::npos : where.rfind(':', second - 1);
  if (first == std::string::npos) return {};
  const auto line = parse_integer(std::string_view{where}.substr(first + 1, second - first - 1));
  const auto column = parse_integer(std::string_view{where}.substr(second + 1));
  if (!line || !column) return {};
  Value at;
  return at.set("file", where.substr(0, first)).set("line", *line).set("column", *column);
}

std::string lines_of(std::string_view label, std::string_view text, const Clean& clean) {
  std::string out;
  if (text.empty()) return out;
  out += "  " + std::string{label};
  const auto lines = split(text, '\n');
  for (const auto& line : lines) out += (lines.size() > 1 ? "\n    " : " ") + clean(line);
  return out + '\n';
}

}  // namespace

std::string_view error_code(Code code) noexcept {
  constexpr std::array<std::string_view, 14> names{"step_failed", "usage",      "config",      "manifest",  "not_found",
                                                   "refused",     "stale_plan", "mismatch",    "lock_held", "unreachable",
                                                   "timeout",     "denied",     "interrupted", "internal"};
  return names[static_cast<std::size_t>(code)];
}

Value error_value(const Error& error) {
  const auto& text = error.text();
  auto at = place(text.where);
  auto resource = at.is_null() ? text_or_null(text.where) : Value{};
  Value during{Value::List{}};
  for (const auto& activity : error.during()) during.push(activity);
  Value value;
  value.set("code", error_code(error.code())).set("message", text.what).set("cause", text_or_null(text.cause)).set("at", std::move(at));
  value.set("try", text_or_null(text.hint)).set("resource", std::move(resource)).set("while", std::move(during));
  return value;
}

Value envelope(const Report& report, const Ending& ending) {
  Value warnings{Value::List{}}, unknown{Value::List{}};
  for (const auto& warning : report.warnings) warnings.push(warning);
  for (const auto& fact : report.unknown) {
    Value one;
    unknown.push(one.set("path", fact.path).set("reason", fact.reason));
  }
  const auto ok = ending.error != nullptr ? Value{false} : report.ok ? Value{*report.ok} : Value{};
  Value document;
  document.set("kind", report.kind.empty() ? "error" : report.kind).set("version", 1).set("tool", ending.version);
  document.set("context", text_or_null(ending.context))
      .set("time", format_instant(ending.time))
      .set("ok", ok)
      .set("exit_code", ending.exit_code);
  document.set("error", ending.error != nullptr ? error_value(*ending.error) : Value{});
  document.set("warnings", std::move(warnings)).set("unknown", std::move(unknown));
  if (const auto* members = report.data.map())
    for (const auto& member : *members) {
      if (document.find(member.key) != nullptr)
        throw Error{Code::internal,
                    {.what = "the answer of '" + report.kind + "' has a member '" + member.key + "', which is the envelope's"}};
      document.set(member.key, member.value);
    }
  return document;
}

std::string error_text(const Error& error, bool colour, const Clean& clean) {
  const auto& text = error.text();
  auto out = styled("mykartctl: error:", Style::bad, colour) + " " + clean(text.what) + "\n";
  for (const auto& activity : error.during()) out += "  while " + clean(activity) + "\n";
  return out + lines_of("cause:", text.cause, clean) + lines_of("at:", text.where, clean) + lines_of("try:", text.hint, clean);
}

}  // namespace ctl::render
