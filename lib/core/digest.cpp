#include "core/digest.hpp"

#include <openssl/evp.h>

#include "core/error.hpp"

namespace ctl {

struct Sha256::Impl {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  void need(bool done) const {
    if (!done) throw Error{Code::internal, {.what = "SHA-256 is not available in this OpenSSL"}};
  }
};

Sha256::Sha256() : impl_{std::make_unique<Impl>()} { impl_->need(EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr) == 1); }
Sha256::~Sha256() = default;
void Sha256::add(std::string_view bytes) { impl_->need(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1); }
std::string Sha256::hex() {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  impl_->need(EVP_DigestFinal_ex(impl_->context.get(), sum, &size) == 1);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += "0123456789abcdef"[sum[i] >> 4];
    text += "0123456789abcdef"[sum[i] & 15];
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

}  // namespace ctl
