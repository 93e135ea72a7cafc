#pragma once
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace ctl::transfer {

/// A text that is written anew for each row: as a std::string, but what is added needs no call. Its memory stays.
class Line {
 public:
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

  /// Where the next `most` characters may be written; then wrote(), with the place behind the last one.
  [[nodiscard]] char* room(std::size_t most) {
    if (bytes_.size() - size_ < most) bytes_.resize(std::max(2 * bytes_.size(), size_ + most));
    return bytes_.data() + size_;
  }
  void wrote(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.data()); }

  void add(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  /// Takes the quotes away from what was added since `begin`, if it has any.
  void unquote(std::size_t begin) {
    if (size_ - begin < 2 || bytes_[begin] != '"') return;
    size_ -= 2;
    std::memmove(&bytes_[begin], &bytes_[begin + 1], size_ - begin);
  }

 private:
  std::string bytes_{};
  std::size_t size_{};
};

}  // namespace ctl::transfer
