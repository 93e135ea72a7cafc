#pragma once
#include <optional>
#include <string>
#include <string_view>

/// What is known of the keys of a connector's config, without asking a worker.
namespace ctl::plan {

/// A key, or all keys that begin with it, that does nothing any more or nothing here.
struct KeyNote {
  std::string_view key{};
  bool prefix{};
  std::string_view rule{}, message{}, fix{};  ///< fix: the line to write
};
[[nodiscard]] const KeyNote* note_on(std::string_view key) noexcept;      ///< nullptr: nothing to say
[[nodiscard]] std::optional<std::string> misspelt(std::string_view key);  ///< the known key that an unknown one is nearly spelt like
[[nodiscard]] bool is_secret_key(std::string_view key);   ///< its value must not be shown: *password*, *secret*, *token* …
[[nodiscard]] bool is_reference(std::string_view value);  ///< holds a ${provider:…} reference

}  // namespace ctl::plan
