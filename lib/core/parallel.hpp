#pragma once
#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace ctl {

/// Runs each function on a thread of its own and returns when all have ended. They must not throw (wrap them in attempt()) and must end by
/// their own Deadline. For the few probes that look at different servers at once; there is no pool.
template <class... F>
void in_parallel(F&&... functions) {
  std::tuple threads{std::jthread{std::forward<F>(functions)}...};
}

/// The same with one function for every item, on at most `threads` threads; one item needs none.
template <class Item, class F>
void each_in_parallel(std::vector<Item>& items, std::size_t threads, F&& f) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < items.size(); i = next++) f(items[i]);
  };
  if (items.size() <= 1) return work();
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < std::min(threads, items.size()); ++i) workers.emplace_back(work);
}

}  // namespace ctl
