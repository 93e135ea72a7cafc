#include "transfer/json_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/utf8.hpp"

namespace ctl::transfer {
namespace {

/// What stands for a byte inside a JSON string: nothing to do (0), a short escape (its letter), or \u00xx ('u'). ECMA-262, QuoteJSONString.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\f'] = 'f';
  table['\r'] = 'r';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}
constexpr auto escapes = make_escapes();

char escape_of(char c) { return escapes[static_cast<unsigned char>(c)]; }

void append_escaped(std::string& to, char c) {
  const char escape = escape_of(c);
  if (escape == 0) {
    to += c;
    return;
  }
  to += '\\';
  to += escape;
  if (escape != 'u') return;
  constexpr std::string_view hex = "0123456789abcdef";
  to += "00";
  to += hex[static_cast<unsigned char>(c) >> 4];
  to += hex[static_cast<unsigned char>(c) & 15];
}

std::size_t plain_run(std::string_view text) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), [](char c) { return escape_of(c) != 0; }) - text.begin());
}

}  // namespace

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const auto run = plain_run(text);
    to.append(text.substr(0, run));
    if (run == text.size()) break;
    append_escaped(to, text[run]);
    text.remove_prefix(run + 1);
  }
  to += '"';
}

void append_json_number(std::string& to, double value) {
  if (value == 0) {
    to += '0';  // JavaScript prints -0 as 0
    return;
  }
  if (value < 0) to += '-';
  std::array<char, 32> text{};
  const auto* end = std::to_chars(text.data(), text.data() + text.size(), value < 0 ? -value : value, std::chars_format::scientific).ptr;
  const std::string_view shortest{text.data(), static_cast<std::size_t>(end - text.data())};
  const auto e = shortest.find('e');
  int exponent = 0;
  std::from_chars(shortest.data() + e + (shortest[e + 1] == '+' ? 2 : 1), end, exponent);
  std::string digits{shortest.substr(0, 1)};
  if (e > 2) digits += shortest.substr(2, e - 2);
  const int point = exponent + 1, count = static_cast<int>(digits.size());  // the names n and k of ECMA-262, Number::toString
  if (point > 21 || point <= -6) {
    to += digits[0];
    if (count > 1) to.append(".").append(digits, 1);
    to.append(exponent < 0 ? "e-" : "e+").append(std::to_string(exponent < 0 ? -exponent : exponent));
  } else if (point <= 0) {
    to.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else if (point >= count) {
    to.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else {
    to.append(digits, 0, static_cast<std::size_t>(point)).append(".").append(digits, static_cast<std::size_t>(point));
  }
}

void append_compact_json(std::string& to, std::string_view json) {
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) continue;
    to += c;
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && i + 1 < json.size()) to += json[++i];
  }
}

bool is_null_text(std::string_view json) {
  constexpr std::string_view null = "null", blanks = " \t\n\r";
  const auto begin = json.find_first_not_of(blanks);
  return begin != std::string_view::npos && json.substr(begin, null.size()) == null;
}

bool is_utf8(std::string_view text) { return ctl::plain_run(text) == text.size() || simdjson::validate_utf8(text.data(), text.size()); }

bool is_plain(std::string_view text) { return ctl::plain_run(text) == text.size() && plain_run(text) == text.size(); }

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace ctl::transfer
