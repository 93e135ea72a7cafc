// The text format of COPY (PostgreSQL manual, COPY, "Text Format").
#include <array>

#include "postgres/copy.hpp"

namespace ctl::postgres {
namespace {

struct Escape {
  char byte, letter;
};
constexpr std::array<Escape, 7> letters{{{'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\v', 'v'}, {'\\', '\\'}}};
constexpr std::string_view special = "\b\f\n\r\t\v\\";

int digit(char c, int base) {
  const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : base;
  return value < base ? value : -1;
}

/// At most `most` digits of an octal or hexadecimal byte from `at` on.
char byte_at(std::string_view field, std::size_t& at, int base, int most) {
  int value = 0;
  for (; most > 0 && at < field.size() && digit(field[at], base) >= 0; ++at, --most) value = value * base + digit(field[at], base);
  return static_cast<char>(value & 0xFF);
}

char after_backslash(std::string_view field, std::size_t& at) {
  const char c = field[at];
  for (const auto& e : letters)
    if (e.letter == c) return ++at, e.byte;
  if (digit(c, 8) >= 0) return byte_at(field, at, 8, 3);
  if (c == 'x' && at + 1 < field.size() && digit(field[at + 1], 16) >= 0) return byte_at(field, ++at, 16, 2);
  ++at;
  return c;
}

}  // namespace

void escape(std::string_view field, std::string& to) {
  for (;;) {
    const auto next = field.find_first_of(special);
    to.append(field.substr(0, next));
    if (next == std::string_view::npos) return;
    for (const auto& e : letters)
      if (e.byte == field[next]) to.append({'\\', e.letter});
    field.remove_prefix(next + 1);
  }
}

std::string_view unescape(std::string_view field, std::string& scratch) {
  auto backslash = field.find('\\');
  if (backslash == std::string_view::npos) return field;
  scratch.clear();
  std::size_t at = 0;
  for (; backslash != std::string_view::npos; backslash = field.find('\\', at)) {
    scratch.append(field.substr(at, backslash - at));
    at = backslash + 1;
    if (at < field.size()) scratch += after_backslash(field, at);
  }
  scratch.append(field.substr(at));
  return scratch;
}

}  // namespace ctl::postgres
