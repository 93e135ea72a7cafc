#include <cstdint>

#include "transfer/json_reader.hpp"

namespace ctl::transfer {
namespace {

std::uint32_t hex_value(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) value = value * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return value;
}

void append_character(std::string& to, std::uint32_t code) {
  const auto tail = [&](unsigned shift) { to += static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xc0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    to += static_cast<char>(0xe0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    to += static_cast<char>(0xf0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Appends the character of the \u escape at the front of `rest`, and takes it from there. False: a lone surrogate.
bool append_unicode_escape(std::string& to, std::string_view& rest) {
  const auto take_unit = [&] {
    const auto unit = hex_value(rest.substr(2, 4));
    rest.remove_prefix(6);
    return unit;
  };
  auto code = take_unit();
  if (code >= 0xdc00 && code < 0xe000) return false;
  if (code >= 0xd800 && code < 0xdc00) {
    if (rest.substr(0, 2) != "\\u") return false;
    const auto low = take_unit();
    if (low < 0xdc00 || low >= 0xe000) return false;
    code = 0x10000 + ((code - 0xd800) << 10U) + (low - 0xdc00);
  }
  append_character(to, code);
  return true;
}

/// Of what stands between the quotes of a valid JSON string. False: it has a lone surrogate.
bool append_unescaped(std::string& to, std::string_view rest) {
  constexpr std::string_view letters = "bfnrt", meant = "\b\f\n\r\t";
  for (auto plain = rest.find('\\'); plain != std::string_view::npos; plain = rest.find('\\')) {
    to.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest[1] == 'u') {
      if (!append_unicode_escape(to, rest)) return false;
      continue;
    }
    const auto letter = letters.find(rest[1]);
    to += letter == std::string_view::npos ? rest[1] : meant[letter];
    rest.remove_prefix(2);
  }
  to.append(rest);
  return true;
}

}  // namespace

bool is_spelled(std::string_view escaped, std::string_view text) {
  std::string meant;
  return append_unescaped(meant, escaped) && meant == text;
}

std::optional<std::string_view> text_of(std::string_view value, std::string& scratch) {
  const auto inside = value.substr(1, value.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return inside;
  scratch.clear();
  return append_unescaped(scratch, inside) ? std::optional<std::string_view>{scratch} : std::nullopt;
}

}  // namespace ctl::transfer
