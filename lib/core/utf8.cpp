#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace ctl {

Character first_character(std::string_view text) noexcept {
  constexpr char32_t replacement = 0xFFFD;
  if (text.empty()) return {replacement, 0, false};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {replacement, 1, false};
  char32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {replacement, 1, false};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {replacement, 1, false};
  return {code, size, true};
}

std::size_t plain_run(std::string_view text) noexcept {
  constexpr std::uint64_t every = 0x0101010101010101, high = every * 0x80;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {  // eight bytes at once: one that borrows is below 0x20, or 0x7F, or has its high bit set
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    const auto control = (bytes - every * 0x20) & ~bytes, delete_xored = bytes ^ (every * 0x7F);
    if (((bytes | control | ((delete_xored - every) & ~delete_xored)) & high) != 0) break;
  }
  while (at < text.size() && text[at] >= 0x20 && text[at] < 0x7F) ++at;
  return at;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    text.remove_prefix(plain_run(text));
    if (text.empty()) break;
    const auto character = first_character(text);
    if (!character.valid) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

}  // namespace ctl
