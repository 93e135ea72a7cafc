#pragma once
#include <string>
#include <string_view>
#include <vector>

/// Pieces of JSON exactly as JavaScript's JSON.stringify prints them.
namespace ctl::transfer {

void append_json_string(std::string& to, std::string_view text);   ///< quoted, minimal escapes; the text must be UTF-8
void append_json_number(std::string& to, double);                  ///< as Number.prototype.toString; finite
void append_compact_json(std::string& to, std::string_view json);  ///< without the blanks between tokens

/// The values of an object's members, or an array's elements, in their order and as they are written: a parser's numbers are doubles, which
/// know neither 2.50 nor twenty digits. The text is valid JSON, an object or an array.
void parts_of(std::string_view json, std::vector<std::string_view>& parts);

[[nodiscard]] bool is_utf8(std::string_view);
[[nodiscard]] bool is_plain(std::string_view);                      ///< ASCII that append_json_string() would only put into quotes
[[nodiscard]] std::size_t count_characters(std::string_view utf8);  ///< code points, as varchar(n) counts

}  // namespace ctl::transfer
