#pragma once
#include <atomic>
#include <stop_token>
#include <thread>

#include "core/deadline.hpp"

namespace ctl::cli {

/// SIGINT, SIGTERM and SIGHUP (as SIGTERM, unless it is ignored) become a stop request; the second of them, or the backstop, ends the
/// process at once with _exit. That is allowed, because kill -9 is at any instant; it makes "every command ends by its deadline" true even
/// inside a call that cannot be interrupted (getaddrinfo). Construct it before any other thread: it blocks the signals for all of them, and
/// ignores SIGPIPE.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }
  [[nodiscard]] int received() const noexcept { return received_; }  ///< SIGINT or SIGTERM; 0 if neither came
  void end_by(Deadline::clock::duration from_now);                   ///< sets the backstop: two seconds after that the process is ended

 private:
  void watch();
  void wake();
  std::stop_source stop_{};
  std::atomic<int> received_{0};
  std::atomic<Deadline::clock::time_point> backstop_{Deadline::clock::time_point::max()};
  std::atomic<bool> closing_{false};
  std::thread thread_{};
};

}  // namespace ctl::cli
