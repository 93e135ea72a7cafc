#pragma once
#include <atomic>
#include <chrono>
#include <string_view>

#include "core/listener.hpp"

namespace storefront {

/// The log, on stderr, from any thread. Of complaints one a second: when PostgreSQL is fenced every event of a busy shop is one.
class Log : public ctl::Listener {
 public:
  void note(Level, std::string_view) override;
  void progress(const ctl::Progress&) override {}

 private:
  std::atomic<std::chrono::steady_clock::rep> last_{};
  std::atomic<unsigned> kept_back_{};
};

}  // namespace storefront
