#pragma once
#include <string>
#include <string_view>

/// Pieces of JSON exactly as JavaScript's JSON.stringify prints them.
namespace ctl::transfer {

void append_json_string(std::string& to, std::string_view text);   ///< quoted, minimal escapes; the text must be UTF-8
void append_json_number(std::string& to, double);                  ///< as Number.prototype.toString; finite
void append_compact_json(std::string& to, std::string_view json);  ///< without the blanks between tokens

[[nodiscard]] bool is_utf8(std::string_view);
[[nodiscard]] bool is_plain(std::string_view);                      ///< ASCII that append_json_string() would only put into quotes
[[nodiscard]] std::size_t count_characters(std::string_view utf8);  ///< code points, as varchar(n) counts

}  // namespace ctl::transfer
