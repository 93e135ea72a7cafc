#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "catalog.hpp"
#include "core/listener.hpp"
#include "recorder.hpp"
#include "traffic.hpp"

namespace storefront {

/// Moments at a steady rate, for several threads. Who is late goes on from now: a stall of the store is not made up for in a burst.
class Pace {
 public:
  using clock = std::chrono::steady_clock;
  explicit Pace(double per_second);
  struct Turn {
    std::uint64_t number{};
    clock::time_point at{};
  };
  [[nodiscard]] Turn next();

 private:
  clock::duration interval_;
  std::atomic<clock::rep> next_;  ///< since the clock's epoch
  std::atomic<std::uint64_t> number_{};
};

struct LoadSettings {
  double rate{};          ///< events a second
  double orders{};        ///< orders a second; 0 leaves the core tables alone
  std::size_t threads{};  ///< events that are on their way at the same time
};

/// Steady traffic from inside the process, by the same Recorder and Catalog as the requests of visitors.
class Load {
 public:
  Load(const LoadSettings&, Traffic, Recorder&, Catalog&, ctl::Listener&);
  void stop();  ///< no new events; returns when those under way are written or have failed
  [[nodiscard]] std::uint64_t orders() const { return orders_; }

 private:
  Traffic traffic_;
  Recorder& recorder_;
  Catalog& catalog_;
  ctl::Listener& listener_;
  Pace events_pace_, orders_pace_;
  std::atomic<std::uint64_t> orders_{};
  std::vector<std::jthread> threads_{};
};

}  // namespace storefront
