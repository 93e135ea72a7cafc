#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads JSON texts (RFC 8259) strictly, and judges nothing but their syntax: numbers of any size, lone surrogates and any depth are valid,
/// as they are for JavaScript's JSON.parse. What a value means is decided where it is needed, from its text.
namespace ctl::transfer {

struct JsonMember {
  std::string_view name{};   ///< between its quotes, escapes as written
  std::string_view value{};  ///< as written, without the blanks around it
  bool escaped{};            ///< the name has escapes
};

struct JsonFault {
  enum class Kind : unsigned char { not_utf8, syntax, not_an_object } kind{};
  std::string detail{};  ///< "'}' instead of a value at byte 17"
};

/// The members of the outermost object in their order, of one name possibly several. nullopt: the text is valid. The members are views of
/// `json`. Takes any bytes; needs memory of one bit a byte at most, for the depth.
[[nodiscard]] std::optional<JsonFault> read_object(std::string_view json, std::vector<JsonMember>& members);

/// The elements of an array as they are written. The text is a valid JSON array.
void elements_of(std::string_view array, std::vector<std::string_view>& elements);

[[nodiscard]] bool is_spelled(std::string_view escaped, std::string_view text);  ///< what stands between the quotes means the text
[[nodiscard]] inline bool is_named(const JsonMember& member, std::string_view name) {
  return member.escaped ? is_spelled(member.name, name) : member.name == name;
}

[[nodiscard]] constexpr bool is_string(std::string_view value) { return !value.empty() && value.front() == '"'; }
[[nodiscard]] constexpr bool is_number(std::string_view value) {
  return !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

/// The text of a JSON string: a view of `value`, or of `scratch` if it has escapes. nullopt: it has a lone surrogate, which UTF-8 cannot
/// say.
[[nodiscard]] std::optional<std::string_view> text_of(std::string_view value, std::string& scratch);

}  // namespace ctl::transfer
