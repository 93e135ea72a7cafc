#include "render/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/utf8.hpp"

namespace ctl::render {
namespace {

struct Range {
  char32_t first{}, last{};
};
template <std::size_t N>
bool among(const Range (&ranges)[N], char32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](Range r) { return c >= r.first && c <= r.last; });
}

// Of the Unicode character database (EastAsianWidth W and F; general categories Mn, Me and Cf), the blocks that names and messages are made
// of.
constexpr Range wide[]{{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC},   {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x26A1, 0x26A1},
                       {0x2705, 0x2705}, {0x274C, 0x274C}, {0x2753, 0x2757},   {0x2795, 0x2797},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
                       {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                       {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
constexpr Range zero[]{{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x1AB0, 0x1AFF},
                       {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
constexpr Range harmful[]{{0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x200E, 0x200F},
                          {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};

}  // namespace

bool is_harmful(char32_t c) noexcept { return among(harmful, c); }

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (;;) {
    const auto plain = plain_run(text);
    columns += plain;
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto c = first_character(text);
    columns += among(zero, c.code) ? 0 : among(wide, c.code) ? 2 : 1;
    text.remove_prefix(c.size);
  }
  return columns;
}

std::string printable(std::string_view text) {
  std::string out;
  for (;;) {
    const auto plain = plain_run(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto c = first_character(text);
    if (!c.valid)
      out += "\xEF\xBF\xBD";
    else if (c.code == '\n')
      out += "\\n";
    else if (c.code == '\t')
      out += "\\t";
    else if (is_harmful(c.code))
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c.code));
    else
      out += text.substr(0, c.size);
    text.remove_prefix(c.size);
  }
  return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, blank);
    text.remove_prefix(std::min(blank + 1, text.size()));
    auto& line = lines.back();
    if (line.empty())
      line = word;
    else if (display_width(line) + 1 + display_width(word) <= width)
      line += ' ' + std::string{word};
    else
      lines.emplace_back(word);
  }
  return lines;
}

}  // namespace ctl::render
