#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "transfer/siphash.hpp"

namespace ctl::transfer {

/// Which events come after a later one of the same sequence (a key in its partition). All events are handed to it in the order of the
/// topic, again for each part: a part is the sequences whose hash lies in a range, and the range is halved when too many would have to be
/// kept, so that memory does not grow with their number.
class LateEvents {
 public:
  struct Late {
    std::int64_t id{};
    std::pair<int, std::int64_t> at{};  ///< partition, offset
    std::uint64_t sequence{};
  };
  explicit LateEvents(std::size_t most = 1'000'000) : most_{most} {}

  void add(const Hash128& sequence, std::int64_t id, int partition, std::int64_t offset);
  /// Of this part, when all events have been handed to it.
  [[nodiscard]] const std::vector<Late>& late() const noexcept { return late_; }
  void next_part();
  [[nodiscard]] bool done() const noexcept { return done_; }

 private:
  void halve();

  struct Hasher {
    std::size_t operator()(const Hash128& hash) const noexcept { return hash.low; }
  };
  static constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

  std::size_t most_;
  std::uint64_t from_{0};
  std::uint64_t to_{largest};
  bool done_{};
  std::unordered_map<Hash128, std::int64_t, Hasher> highest_{};  ///< id, by sequence
  std::vector<Late> late_{};
};

}  // namespace ctl::transfer
