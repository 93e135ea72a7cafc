#include "load.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace storefront {
namespace {

/// How far behind a turn may be taken and still count as steady: what the scheduler of a busy machine does anyway.
constexpr std::chrono::milliseconds slack{20};

/// Runs `act(number)` at each turn until stopped.
template <class Act>
void work(const std::stop_token& stop, Pace& pace, ctl::Listener& listener, Act act) {
  while (true) {
    const auto turn = pace.next();
    while (!stop.stop_requested() && Pace::clock::now() < turn.at)
      std::this_thread::sleep_until(std::min(turn.at, Pace::clock::now() + std::chrono::milliseconds{50}));
    if (stop.stop_requested()) return;
    if (const auto done = ctl::attempt([&] { act(turn.number); }); !done)
      listener.note(ctl::Listener::Level::warn, std::string{done.error().what()} + ": " + done.error().text().cause);
  }
}

}  // namespace

Pace::Pace(double per_second)
    : interval_{std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{1 / std::max(per_second, 0.001)})},
      next_{clock::now().time_since_epoch().count()} {}

Pace::Turn Pace::next() {
  auto due = next_.load();
  clock::rep at = 0;
  do {
    at = std::max(due, (clock::now() - slack).time_since_epoch().count());
  } while (!next_.compare_exchange_weak(due, at + interval_.count()));
  return {.number = number_++, .at = clock::time_point{clock::duration{at}}};
}

Load::Load(const LoadSettings& settings, Traffic traffic, Recorder& recorder, Catalog& catalog, ctl::Listener& listener)
    : traffic_{traffic},
      recorder_{recorder},
      catalog_{catalog},
      listener_{listener},
      events_pace_{settings.rate},
      orders_pace_{settings.orders} {
  for (std::size_t i = 0; settings.rate > 0 && i < settings.threads; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) {
      work(stop, events_pace_, listener_, [this](std::uint64_t number) {
        auto event = traffic_.event(number);
        event.time = ctl::now();
        recorder_.record(event);
      });
    });
  if (settings.orders > 0)
    threads_.emplace_back([this](const std::stop_token& stop) {
      work(stop, orders_pace_, listener_, [this](std::uint64_t number) {
        static_cast<void>(catalog_.place(traffic_.cart_items(number)));
        ++orders_;
      });
    });
}

void Load::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

}  // namespace storefront
