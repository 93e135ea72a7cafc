#include "core/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <bit>

#include "core/error.hpp"

namespace ctl {

std::uint64_t random_word() {
  std::array<unsigned char, sizeof(std::uint64_t)> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw Error{Code::internal, {.what = "OpenSSL has no random numbers to give"}};
  return std::bit_cast<std::uint64_t>(bytes);
}

}  // namespace ctl
