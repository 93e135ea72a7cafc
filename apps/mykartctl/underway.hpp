#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "core/deadline.hpp"

namespace ctl::cli {

/// A record of the input that was sent.
struct Sent {
  std::uint64_t number{};  ///< its turn, from 0
  std::string file{};
  int line{};
  std::optional<std::string> key{};
  Deadline::clock::time_point at{};
};

/// The records of which nothing is known yet. They are told of in any order; the oldest says whether there is still hope.
class Underway {
 public:
  /// The number to take() it by.
  std::uint64_t add(std::string file, int line, std::optional<std::string> key) {
    const auto number = first_ + sent_.size();
    sent_.emplace_back(Sent{number, std::move(file), line, std::move(key), Deadline::clock::now()});
    return number;
  }
  Sent take(std::uint64_t number) {
    auto sent = *std::exchange(sent_[number - first_], std::nullopt);
    for (; !sent_.empty() && !sent_.front(); ++first_) sent_.pop_front();
    return sent;
  }
  /// Whether one has waited for longer than this.
  [[nodiscard]] bool any_older(Deadline::clock::duration age) const {
    return !sent_.empty() && Deadline::clock::now() - sent_.front()->at > age;
  }

 private:
  std::deque<std::optional<Sent>> sent_{};  ///< the first is never empty
  std::uint64_t first_{};
};

}  // namespace ctl::cli
