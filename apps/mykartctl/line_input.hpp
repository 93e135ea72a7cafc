#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/deadline.hpp"

namespace ctl::cli {

/// The lines of a file, or of stdin as they come.
class LineInput {
 public:
  explicit LineInput(const std::string& file);  ///< "-" is stdin; Error{usage} for what cannot be opened
  ~LineInput();
  LineInput(const LineInput&) = delete;
  LineInput& operator=(const LineInput&) = delete;

  /// Without its end, valid until the next call; nullopt when nothing came by the deadline (100 ms at most), or when it is the end.
  [[nodiscard]] std::optional<std::string_view> next(const Deadline&);
  [[nodiscard]] bool ended() const noexcept { return ended_ && at_ == text_.size(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }  ///< for messages: "stdin"
  [[nodiscard]] int number() const noexcept { return number_; }             ///< of the last line, from 1

 private:
  std::string name_;
  int descriptor_;
  std::string text_{};
  std::size_t at_{}, searched_{};
  int number_{};
  bool ended_{};
};

}  // namespace ctl::cli
