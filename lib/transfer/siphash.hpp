#pragma once
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ctl::transfer {

/// 128 bits, which are added and compared as one number modulo 2^128.
struct Hash128 {
  std::uint64_t low{};
  std::uint64_t high{};
  Hash128& operator+=(const Hash128& other) noexcept {
    low += other.low;
    high += other.high + (low < other.low ? 1U : 0U);
    return *this;
  }
  auto operator<=>(const Hash128&) const noexcept = default;
};

/// SipHash with 128 bits of result (Aumasson and Bernstein, "SipHash: a fast short-input PRF"): who does not know the key cannot tell which
/// texts have the same hash, nor sums of hashes. `Compress` and `Finish` are its numbers of rounds: 2 and 4 are the ones of the paper, 1
/// and 3 those that hash tables of Rust and Python use.
template <int Compress, int Finish>
class SipHash {
 public:
  struct Key {
    std::uint64_t first{};
    std::uint64_t second{};
  };
  explicit SipHash(const Key& key) noexcept
      : state_{key.first ^ 0x736F6D6570736575U, key.second ^ 0x646F72616E646F6DU ^ 0xEEU, key.first ^ 0x6C7967656E657261U,
               key.second ^ 0x7465646279746573U} {}

  void add(std::uint64_t word) noexcept { state_.add(word); }
  /// Whole words only may come before it, and its end is filled with zeros: who adds more than one text adds their sizes as well.
  void add(std::string_view bytes) noexcept {
    auto state = state_;  // in registers: bytes could lie where this lies, for all that the compiler knows
    for (; bytes.size() >= word_size; bytes.remove_prefix(word_size)) state.add(load(bytes.data(), word_size));
    if (!bytes.empty()) state.add(load(bytes.data(), bytes.size()));
    state_ = state;
  }
  [[nodiscard]] Hash128 finish() noexcept {
    state_.c ^= 0xEEU;
    state_.rounds(Finish);
    const auto low = state_.sum();
    state_.b ^= 0xDDU;
    state_.rounds(Finish);
    return {low, state_.sum()};
  }

 private:
  static constexpr std::size_t word_size = sizeof(std::uint64_t);
  static_assert(std::endian::native == std::endian::little);

  static std::uint64_t load(const char* from, std::size_t size) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, size);
    return word;
  }

  struct State {
    std::uint64_t a{};
    std::uint64_t b{};
    std::uint64_t c{};
    std::uint64_t d{};
    void add(std::uint64_t word) noexcept {
      d ^= word;
      rounds(Compress);
      a ^= word;
    }
    void rounds(int number) noexcept {
      for (int i = 0; i < number; ++i) {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32);
        c += b;
        a += d;
        b = std::rotl(b, 17) ^ c;
        d = std::rotl(d, 21) ^ a;
        c = std::rotl(c, 32);
      }
    }
    [[nodiscard]] std::uint64_t sum() const noexcept { return a ^ b ^ c ^ d; }
  };
  State state_;
};

}  // namespace ctl::transfer
