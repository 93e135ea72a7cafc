#pragma once
#include <string>
#include <string_view>

#include "render/secrets.hpp"

namespace ctl::render {

/// One descriptor to which nothing secret is written. A reader that went away (`| head`) is not a failure: what follows is dropped.
class Stream {
 public:
  Stream(int descriptor, const Secrets& secrets) : descriptor_{descriptor}, secrets_{secrets} {}
  void write(std::string_view bytes);                             ///< at once, but for an end that may be the beginning of a secret
  void end();                                                     ///< that end as well
  [[nodiscard]] bool failed() const noexcept { return failed_; }  ///< a full disk, a closed descriptor
  [[nodiscard]] bool gone() const noexcept;                       ///< nobody reads any more, even if nothing was written since

 private:
  void put(std::string_view bytes);
  int descriptor_;
  const Secrets& secrets_;
  std::string pending_{};
  bool failed_{}, gone_{};
};

}  // namespace ctl::render
