#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ctl::transfer {

/// Appends an array that PostgreSQL has written ("{1,NULL}", "{{\"a b\",c},{d,\"\\\"\"}}") as a JSON array. `append` writes one element,
/// without PostgreSQL's quotes and backslashes; nullopt is NULL; false ends it. False also for a text that is no array, and for one whose
/// indices do not begin at 1 ("[0:1]={1,2}"), which JSON cannot say. PostgreSQL manual, Arrays, "Array Input and Output Syntax".
[[nodiscard]] bool append_json_array(std::string& to, std::string_view array,
                                     const std::function<bool(std::optional<std::string_view>)>& append);

}  // namespace ctl::transfer
