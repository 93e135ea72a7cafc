#pragma once
#include <string_view>

#include "value/value.hpp"

/// The little of SQL's lexical rules that one must know to find variables and statements (PostgreSQL manual, 4.1).
namespace ctl::postgres {

/// The end of the string, quoted identifier, dollar-quoted text or comment that begins at `from`; `from` itself if none begins there.
[[nodiscard]] std::size_t skip_quoted(std::string_view sql, std::size_t from);

/// The offset of the first word of statement `index` (from 0; empty statements do not count); the size of the text if there are fewer.
[[nodiscard]] std::size_t statement_start(std::string_view sql, std::size_t index);

[[nodiscard]] std::size_t offset_of_character(std::string_view utf8, std::size_t characters);  ///< in bytes
[[nodiscard]] Position position_at(std::string_view utf8, std::size_t offset, std::string_view file);

[[nodiscard]] bool is_word(char);  ///< may stand in an unquoted identifier

}  // namespace ctl::postgres
