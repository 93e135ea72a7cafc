#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ctl {

[[nodiscard]] std::string to_base64(std::string_view bytes);  ///< RFC 4648, padded, one line
/// What to_base64 gave it; nullopt for anything else: no blanks, padding as it must be, no bits left over.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace ctl
