#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "value/value.hpp"

namespace ctl {

enum class Severity : unsigned char { error, warning };
[[nodiscard]] std::string_view to_string(Severity);

/// Something wrong in a file that a person wrote. Collected, so that all of them are told at once.
struct Problem {
  std::string what{};  ///< "unknown key 'retension'"
  Position at{};
  std::string hint{};  ///< what to write instead: "did you mean 'retention'?"
  std::string rule{};  ///< stable id for `validate`: "unknown-key"
  Severity severity{};
};
using Problems = std::vector<Problem>;

[[nodiscard]] bool has_errors(const Problems&) noexcept;
/// Throws Error{code} that names every error (not the warnings) with its place, in the order of the files. Needs at least one.
[[noreturn]] void fail(const Problems&, Code code = Code::manifest);
[[nodiscard]] std::string did_you_mean(const std::optional<std::string>& candidate);  ///< "" without a candidate

/// As parse_json and parse_yaml, but what is wrong joins `into`: a text that is no JSON or YAML at all gives nullopt, everything that is
/// merely refused (a duplicate key, an ambiguous scalar) is left out or read as text, so that the rest of the file is judged as well.
[[nodiscard]] std::optional<Value> parse_json(std::string_view text, const std::string& file, Problems& into);
[[nodiscard]] std::optional<Value> parse_yaml(std::string_view text, const std::string& file, Problems& into);

}  // namespace ctl
