#include "log.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <string>

namespace storefront {

void Log::note(Level level, std::string_view text) {
  if (level == Level::debug) return;
  if (level == Level::warn) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    auto last = last_.load();
    if (now - std::chrono::steady_clock::duration{last} < std::chrono::seconds{1} || !last_.compare_exchange_strong(last, now.count())) {
      ++kept_back_;
      return;
    }
  }
  const auto kept_back = level == Level::warn ? kept_back_.exchange(0) : 0;
  fmt::print(stderr, "{}{}\n", text, kept_back > 0 ? fmt::format(" (and {} more)", kept_back) : "");
}

}  // namespace storefront
