#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/deadline.hpp"

namespace ctl::transfer {

/// Keeps work at or below a rate. 0 is no limit.
class Pace {
 public:
  explicit Pace(std::int64_t a_second) : a_second_{a_second} {}
  /// How many to do between two calls of passed(): a tenth of a second's worth, at most `most`.
  [[nodiscard]] int batch(int most) const noexcept {
    return a_second_ <= 0 || a_second_ / 10 >= most ? most : a_second_ < 20 ? 1 : static_cast<int>(a_second_ / 10);
  }
  void passed(int count, const Deadline& until) {
    done_ += count;
    if (a_second_ <= 0) return;
    const auto ahead = begun_ + Deadline::ms{done_ * 1000 / a_second_} - Deadline::clock::now();
    if (ahead > Deadline::ms{0}) until.sleep(std::chrono::ceil<Deadline::ms>(ahead));
  }

 private:
  std::int64_t a_second_{}, done_{};
  Deadline::clock::time_point begun_{Deadline::clock::now()};
};

/// Notices that a server answers more slowly than it used to, so that the shop's own requests do not wait behind ours. Fed with how long
/// the same small request took, about once a second.
class Strain {
 public:
  using duration = Deadline::clock::duration;
  /// Below `tolerable` no answer is slow.
  explicit Strain(duration tolerable) : tolerable_{tolerable} {}

  /// How long to leave the server alone: nothing while it answers in less than eight times its best, else first as long as the answer took,
  /// then twice as long each time, to ten seconds.
  [[nodiscard]] Deadline::ms after(duration took) {
    usual_ = std::min(usual_, took);
    const bool slow = took > std::max(tolerable_, 8 * usual_);
    pause_ = slow ? std::min<duration>(std::max(took, 2 * pause_), 10s) : duration{};
    return std::chrono::ceil<Deadline::ms>(pause_);
  }
  [[nodiscard]] duration usual() const noexcept { return usual_; }

 private:
  duration tolerable_, usual_{1h}, pause_{};
};

}  // namespace ctl::transfer
