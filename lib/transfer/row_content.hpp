#pragma once
#include <string>

#include "transfer/codec.hpp"

namespace ctl::transfer {

inline constexpr std::size_t row_content_size = 16;

/// 128 bits of SHA-256 of the event that a row becomes: its key, value (with the id) and time. Kept with each row that a replay has
/// written, so that it is told from a row that was changed since and from another one that got its id.
[[nodiscard]] std::string row_content(const Encoder::Event&);

}  // namespace ctl::transfer
