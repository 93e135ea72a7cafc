#pragma once
#include <thread>
#include <tuple>
#include <utility>

namespace ctl {

/// Runs each function on a thread of its own and returns when all have ended. They must not throw (wrap them in attempt()) and must end by
/// their own Deadline. For the few probes that look at different servers at once; there is no pool.
template <class... F>
void in_parallel(F&&... functions) {
  std::tuple threads{std::jthread{std::forward<F>(functions)}...};
}

}  // namespace ctl
