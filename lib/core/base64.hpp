#pragma once
#include <string>
#include <string_view>

namespace ctl {

[[nodiscard]] std::string to_base64(std::string_view bytes);  ///< RFC 4648, padded, one line

}  // namespace ctl
