#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

/// Pieces of JSON exactly as JavaScript's JSON.stringify prints them.
namespace ctl::transfer {

void append_json_string(std::string& to, std::string_view text);   ///< quoted, minimal escapes; the text must be UTF-8
void append_json_number(std::string& to, double);                  ///< as Number.prototype.toString; finite
void append_compact_json(std::string& to, std::string_view json);  ///< without the blanks between tokens

/// A 64-bit integer as a number as far as JavaScript can hold it exactly (2^53), else as text. Gives the place behind it.
inline constexpr std::size_t longest_integer = 22;  ///< characters, with its quotes
[[nodiscard]] inline char* put_integer(char* at, std::int64_t value) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  const bool quoted = value > exact || value < -exact;
  if (quoted) *at++ = '"';
  at = std::to_chars(at, at + longest_integer, value).ptr;
  if (quoted) *at++ = '"';
  return at;
}

[[nodiscard]] bool is_null_text(std::string_view json);  ///< the JSON text is null; blanks may surround it, which only json keeps
[[nodiscard]] bool is_utf8(std::string_view);
[[nodiscard]] bool is_plain(std::string_view);                      ///< ASCII that append_json_string() would only put into quotes
[[nodiscard]] std::size_t count_characters(std::string_view utf8);  ///< code points, as varchar(n) counts

}  // namespace ctl::transfer
