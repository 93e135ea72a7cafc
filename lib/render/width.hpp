#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ctl::render {

/// Columns that a text takes on a terminal: 2 for wide East Asian characters and emoji, 0 for combining marks, 1 for others.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Text of servers and files made harmless: control characters, bytes that are no UTF-8 and characters that change the direction of writing
/// are spelled out (\n, \u001b), so that nothing can move the cursor, hide text or change the terminal.
[[nodiscard]] std::string printable(std::string_view text);
[[nodiscard]] bool is_harmful(char32_t) noexcept;  ///< what printable() spells out

/// Lines of at most `width` columns, broken at blanks; a longer word stays whole. At least one line.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace ctl::render
