#include "core/scram.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>

#include "core/base64.hpp"
#include "core/error.hpp"

namespace ctl {
namespace {

constexpr int rounds = 4096;  // PostgreSQL's own
using Bytes = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

void need(bool done) {
  if (!done) throw Error{Code::internal, {.what = "SCRAM-SHA-256 is not available in this OpenSSL"}};
}

Bytes hmac(const Bytes& key, std::string_view text) {
  Bytes sum{};
  need(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
            sum.data(), nullptr) != nullptr);
  return sum;
}

template <class Array>
std::string base64(const Array& bytes) {
  return to_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::string scram_verifier(std::string_view password, std::string_view given_salt) {
  std::array<unsigned char, 16> salt{};
  if (given_salt.empty())
    need(RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1);
  else
    given_salt.copy(reinterpret_cast<char*>(salt.data()), salt.size());
  Bytes salted{};
  need(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(), static_cast<int>(salt.size()), rounds,
                         EVP_sha256(), static_cast<int>(salted.size()), salted.data()) == 1);
  const auto client = hmac(salted, "Client Key"), server = hmac(salted, "Server Key");
  Bytes stored{};
  SHA256(client.data(), client.size(), stored.data());
  return "SCRAM-SHA-256$" + std::to_string(rounds) + ":" + base64(salt) + "$" + base64(stored) + ":" + base64(server);
}

}  // namespace ctl
