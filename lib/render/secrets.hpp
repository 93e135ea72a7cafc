#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"

namespace ctl::render {

/// The secrets of this process, in every spelling in which they could leave it.
class Secrets {
 public:
  /// As it is, as JSON text, percent-encoded, and each longer line of it. An empty one is ignored.
  void add(const Secret&);
  /// With *** in place of every secret.
  [[nodiscard]] std::string masked(std::string_view text) const;
  /// Whether pass() would change it.
  [[nodiscard]] bool found_in(std::string_view text) const noexcept;
  /// As masked(), for a stream of bytes: takes from the front of `pending` what can leave, and keeps an end that may be the beginning of a
  /// secret (unless it is the last call). Short and numeric secrets are left to masked(): as bytes of a document they would stand for
  /// something else.
  [[nodiscard]] std::string pass(std::string& pending, bool last) const;

 private:
  std::vector<std::string> all_{};    ///< the longest first
  std::vector<std::string> bytes_{};  ///< those that pass() looks for
};

}  // namespace ctl::render
