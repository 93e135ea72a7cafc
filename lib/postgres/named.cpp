#include "postgres/named.hpp"

#include <charconv>

#include "core/error.hpp"
#include "postgres/sql_text.hpp"

namespace ctl::postgres {
namespace {

std::string doubled(std::string_view text, char quote) {
  std::string quoted{quote};
  for (const char c : text) quoted.append(c == quote ? 2 : 1, c);
  return quoted += quote;
}

/// The name in :'name' or :"name" at `colon`; empty if no variable begins there.
std::string_view variable_at(std::string_view sql, std::size_t colon) {
  const auto begin = colon + 2;
  if (begin >= sql.size() || (sql[colon + 1] != '\'' && sql[colon + 1] != '"')) return {};
  auto end = begin;
  while (end < sql.size() && is_word(sql[end]) && sql[end] != '$') ++end;
  return end < sql.size() && sql[end] == sql[colon + 1] ? sql.substr(begin, end - begin) : std::string_view{};
}

const std::optional<std::string>& value_of(std::string_view name, const Names& names) {
  const auto found = names.find(name);
  if (found == names.end()) throw Error{Code::internal, {.what = "the query variable '" + std::string{name} + "' has no value"}};
  return found->second;
}

class Binder {
 public:
  explicit Binder(const Names& names) : names_{names} {}

  void text(std::string_view piece) { bound_.sql += piece; }
  void identifier(std::string_view name) {
    const auto& value = value_of(name, names_);
    if (!value) throw Error{Code::internal, {.what = "the query variable '" + std::string{name} + "' is null where a name must stand"}};
    bound_.sql += quote_identifier(*value);
  }
  void parameter(std::string_view name) {
    const auto [known, added] = numbers_.try_emplace(std::string{name}, bound_.params.size() + 1);
    if (added) bound_.params.push_back(value_of(name, names_));
    bound_.sql += "$" + std::to_string(known->second);
  }
  Bound take() { return std::move(bound_); }

 private:
  const Names& names_;
  Bound bound_{};
  std::map<std::string, std::size_t> numbers_{};
};

}  // namespace

Bound bind(std::string_view sql, const Names& names) {
  Binder bound{names};
  for (std::size_t i = 0; i < sql.size();) {
    if (sql.substr(i, 2) == "::") {
      bound.text("::");
      i += 2;
    } else if (const auto name = sql[i] == ':' ? variable_at(sql, i) : std::string_view{}; !name.empty()) {
      if (sql[i + 1] == '"')
        bound.identifier(name);
      else
        bound.parameter(name);
      i += name.size() + 3;
    } else {
      const auto end = std::max(skip_quoted(sql, i), i + 1);
      bound.text(sql.substr(i, end - i));
      i = end;
    }
  }
  return bound.take();
}

std::string quote_identifier(std::string_view name) { return doubled(name, '"'); }
std::string quote_identifier(const TableName& table) { return quote_identifier(table.schema) + "." + quote_identifier(table.name); }
std::string quote_literal(std::string_view text) { return doubled(text, '\''); }

}  // namespace ctl::postgres
