#pragma once
#include <string>
#include <string_view>

#include "core/error.hpp"

/// What the server says when it refuses, in the words and codes of this program.
namespace ctl::postgres {

/// The server's own words in one line: `ERROR:  no such "x"\nLINE 1: …\nDETAIL:  more` becomes `no such "x"; more`.
[[nodiscard]] std::string words_of(std::string_view message);
/// By SQLSTATE (PostgreSQL manual, appendix A). Anything that only a person can sort out is `failed`.
[[nodiscard]] Code code_of(std::string_view sqlstate);
/// What to type or look at next; "" when the words say it all.
[[nodiscard]] std::string hint_of(std::string_view sqlstate);

}  // namespace ctl::postgres
