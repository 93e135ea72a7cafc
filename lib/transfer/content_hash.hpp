#pragma once
#include <optional>

#include "core/random.hpp"
#include "transfer/siphash.hpp"

namespace ctl::transfer {

/// 128 bits for the content of an event, under a key that is drawn for each object and leaves it never: nobody, the author of these lines
/// included, can make one content pass for another, nor some contents for some others of the same sum. What it gives is therefore of no use
/// to anybody else, and is not kept.
class ContentHash {
 public:
  using Text = std::optional<std::string_view>;

  /// The four cannot run into each other: numbers and sizes come first, at fixed places. Null is not the empty text, and no time is no
  /// time.
  [[nodiscard]] Hash128 operator()(std::int64_t id, Text key, Text value, std::optional<std::int64_t> time_ms) const noexcept {
    auto hash = start();
    hash.add(static_cast<std::uint64_t>(id));
    hash.add(static_cast<std::uint64_t>(time_ms.value_or(0)));
    hash.add(size_of(key) * 2 + (time_ms.has_value() ? 1U : 0U));
    hash.add(size_of(value));
    hash.add(key.value_or(std::string_view{}));
    hash.add(value.value_or(std::string_view{}));
    return hash.finish();
  }

 private:
  using Sip = SipHash<1, 3>;
  [[nodiscard]] Sip start() const noexcept { return Sip{secret_}; }
  static std::uint64_t size_of(Text text) noexcept { return text ? text->size() + 1 : 0; }

  Sip::Key secret_{random_word(), random_word()};
};

}  // namespace ctl::transfer
