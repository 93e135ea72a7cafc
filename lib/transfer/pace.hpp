#pragma once
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

}  // namespace ctl::transfer
