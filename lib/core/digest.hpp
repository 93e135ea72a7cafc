#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace ctl {

/// SHA-256 of a byte string, as 64 lower-case hex digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

/// The same, fed piece by piece. `hex` ends it; nothing may be added afterwards.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl
