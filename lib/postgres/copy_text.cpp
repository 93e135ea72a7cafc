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

}  // namespace ctl::postgres
