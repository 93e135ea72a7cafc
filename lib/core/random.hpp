#pragma once
#include <cstdint>

namespace ctl {

/// 64 bits that nobody can foretell, of OpenSSL's generator. Throws Error{internal} where the system gives it no entropy.
[[nodiscard]] std::uint64_t random_word();

}  // namespace ctl
