#include "model/include_list.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace ctl {
namespace {

constexpr std::string_view with_case = "(?-i)";
constexpr std::string_view metacharacters = "*+?()[]{}|\\^$";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_alphanumeric(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9'); }

/// One character of an entry; `any`: a dot that stands for every character.
struct Element {
  char letter{};
  bool any{}, escaped{};
};

/// nullopt for what Java would not take as one character after the other.
std::optional<std::vector<Element>> elements_of(std::string_view entry) {
  std::vector<Element> all;
  for (std::size_t i = 0; i < entry.size(); ++i) {
    const char c = entry[i];
    if (c == '\\') {
      if (++i == entry.size() || is_alphanumeric(entry[i])) return std::nullopt;  // \d, \Q: more than a character
      all.push_back({.letter = entry[i], .escaped = true});
    } else if (c == '"' || metacharacters.find(c) != std::string_view::npos) {
      return std::nullopt;  // a quote is no metacharacter, but nobody means a table whose name has quotes in it
    } else {
      all.push_back({.letter = c, .any = c == '.'});
    }
  }
  return all;
}

/// The dot between schema and table: the only one that stands alone, else the only one.
std::optional<std::size_t> separator(const std::vector<Element>& elements) {
  const auto only = [&](bool escaped) -> std::optional<std::size_t> {
    const auto is_one = [&](const Element& e) { return e.letter == '.' && e.escaped == escaped; };
    if (std::count_if(elements.begin(), elements.end(), is_one) != 1) return std::nullopt;
    return static_cast<std::size_t>(std::find_if(elements.begin(), elements.end(), is_one) - elements.begin());
  };
  const bool has_plain = std::any_of(elements.begin(), elements.end(), [](const Element& e) { return e.any; });
  return only(!has_plain);
}

/// SQL's LIKE over bytes: '_' is any one character of UTF-8, '\' makes the next one plain.
bool is_like(std::string_view text, std::string_view pattern, bool exact_case) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (at == text.size()) return false;
    if (pattern[i] == '_') {
      do { ++at; } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
      continue;
    }
    const char wanted = pattern[i] == '\\' ? pattern[++i] : pattern[i];
    if (exact_case ? text[at] != wanted : lower(text[at]) != lower(wanted)) return false;
    ++at;
  }
  return at == text.size();
}

}  // namespace

bool IncludedTable::takes(const TableName& other) const { return is_like(other.schema + "." + other.name, like, exact_case); }

std::optional<IncludedTable> included_table(std::string_view entry) {
  IncludedTable found;
  found.exact_case = entry.starts_with(with_case);
  if (found.exact_case) entry.remove_prefix(with_case.size());
  const auto elements = elements_of(entry);
  const auto dot = elements ? separator(*elements) : std::nullopt;
  if (!dot || *dot == 0 || *dot + 1 == elements->size()) return std::nullopt;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    const auto& element = elements->at(i);
    if (i != *dot) (i < *dot ? found.table.schema : found.table.name) += element.letter;
    if (element.any) {
      found.like += '_';
      continue;
    }
    if (std::string_view{"%_\\"}.find(element.letter) != std::string_view::npos) found.like += '\\';
    found.like += element.letter;
  }
  return found;
}

std::vector<std::string> include_entries(std::string_view list) {
  std::vector<std::string> entries;
  std::string entry;
  const auto add = [&] {
    if (const auto trimmed = trim(entry); !trimmed.empty()) entries.emplace_back(trimmed);
    entry.clear();
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == '\\' && i + 1 < list.size()) {
      entry += list[i++];
      entry += list[i];
    } else if (list[i] == ',') {
      add();
    } else {
      entry += list[i];
    }
  }
  add();
  return entries;
}

std::string include_entry(const TableName& table) {
  const auto escaped = [](std::string_view name) {
    std::string text;
    for (const char c : name) {
      if (c == '.' || c == ',' || c == '"' || metacharacters.find(c) != std::string_view::npos) text += '\\';
      text += c;
    }
    return text;
  };
  return escaped(table.schema) + "." + escaped(table.name);
}

}  // namespace ctl
