#include "core/text.hpp"
#include "value/scalar.hpp"

namespace ctl {
namespace {

bool is_block(const Value& value) {
  return (value.map() != nullptr && !value.map()->empty()) || (value.list() != nullptr && !value.list()->empty());
}

std::string text_of(std::string_view text) { return is_plain_text(text) ? std::string{text} : quote_json(text); }

std::string scalar(const Value& value) {
  if (value.map() != nullptr) return "{}";
  if (value.list() != nullptr) return "[]";
  if (const auto* text = value.text()) return text_of(*text);
  return to_json(value);  // null, booleans and numbers are spelled the same
}

/// The value's lines, each at `indent`. A list item's first line stands behind its dash, which takes the place of two blanks.
void write(const Value& value, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  const auto content = [&](const Value& inner, std::size_t deeper) {
    if (!is_block(inner)) {
      out += ' ' + scalar(inner) + '\n';
      return;
    }
    out += '\n';
    write(inner, deeper, out);
  };
  if (const auto* map = value.map()) {
    for (const auto& member : *map) {
      out += margin + text_of(member.key) + ':';
      content(member.value, indent + 2);
    }
  } else if (const auto* list = value.list()) {
    for (const auto& item : *list) {
      const auto from = out.size();
      out += margin + "-";
      if (!is_block(item)) {
        out += ' ' + scalar(item) + '\n';
        continue;
      }
      out.resize(from);
      write(item, indent + 2, out);
      out[from + indent] = '-';
    }
  }
}

}  // namespace

std::string to_yaml(const Value& value) {
  if (!is_block(value)) return scalar(value) + "\n";
  std::string out;
  write(value, 0, out);
  return out;
}

}  // namespace ctl
