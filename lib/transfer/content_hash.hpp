#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ctl::transfer {

/// 64 well mixed bits of a row's event. Not for adversaries: it finds what went wrong, not what somebody has made to look right.
class ContentHash {
 public:
  [[nodiscard]] static std::uint64_t of(std::int64_t id, std::string_view key, std::string_view value, std::int64_t time_ms = 0) {
    ContentHash h;
    h.mix(static_cast<std::uint64_t>(id));
    h.mix(static_cast<std::uint64_t>(time_ms));
    h.add(key);
    h.add(value);
    return h.finish();
  }

 private:
  void mix(std::uint64_t word) {
    state_ ^= word * 0x9E3779B97F4A7C15U;
    state_ = ((state_ << 29U) | (state_ >> 35U)) * 0xBF58476D1CE4E5B9U;
  }
  void add(std::string_view bytes) {
    mix(bytes.size());
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) mix(load(bytes.data(), 8));
    mix(load(bytes.data(), bytes.size()));
  }
  static std::uint64_t load(const char* from, std::size_t size) {
    std::uint64_t word = 0;
    if (size > 0) std::memcpy(&word, from, size);
    return word;
  }
  [[nodiscard]] std::uint64_t finish() const {
    auto h = state_ ^ (state_ >> 32U);
    h *= 0x94D049BB133111EBU;
    return h ^ (h >> 31U);
  }
  std::uint64_t state_{0x2545F4914F6CDD1DU};
};

}  // namespace ctl::transfer
