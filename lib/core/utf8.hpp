#pragma once
#include <cstddef>
#include <string_view>

namespace ctl {

/// The first character of a text that should be UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
struct Character {
  char32_t code{};     ///< U+FFFD if the bytes are no character
  std::size_t size{};  ///< bytes it takes; 1 for a byte that belongs to no character; 0 only for an empty text
  bool valid{};
};
[[nodiscard]] Character first_character(std::string_view text) noexcept;

/// How many bytes at the front are printable ASCII, 0x20 to 0x7E: nothing to decode, and harmless on a terminal.
[[nodiscard]] std::size_t plain_run(std::string_view text) noexcept;
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace ctl
