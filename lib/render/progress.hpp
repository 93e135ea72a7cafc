#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "core/listener.hpp"
#include "render/table.hpp"

namespace ctl::render {

/// Notes and progress on stderr: one live line on a terminal; elsewhere a line a task at most every five seconds; JSON lines; nothing. A
/// task that ends has a line of its own, and is forgotten: one of the same name that comes later is another.
class Meter : public Listener {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Options {
    Showing showing{};         ///< not automatic
    Level least{Level::info};  ///< of notes
    Look look{};
    Clean clean{};  ///< for task names and notes
  };
  Meter(Options options, std::function<void(std::string_view)> write, std::function<Time()> clock)
      : options_{std::move(options)}, write_{std::move(write)}, clock_{std::move(clock)} {}

  void note(Level, std::string_view) override;
  void progress(const Progress&) override;
  void clear();   ///< takes the live line away, because something else is about to be written; the next progress brings it back
  void finish();  ///< the last state of every task that has not ended

 private:
  struct Task {
    Time started{}, shown{};
    std::uint64_t first{}, done{}, total{}, bytes{};
    std::string unit{}, outcome{};
    std::optional<Progress::Lag> lag{};
    bool said{};  ///< this state was written
  };
  [[nodiscard]] std::string text(const std::string& name, const Task&, bool live) const;
  [[nodiscard]] std::string json(const std::string& name, const Task&) const;
  void say(const std::string& name, Task&);

  Options options_;
  std::function<void(std::string_view)> write_;
  std::function<Time()> clock_;
  std::map<std::string, Task, std::less<>> tasks_{};
  bool live_{};
};

/// 950/s, 486k/s, 1.2M/s
[[nodiscard]] std::string format_rate(double per_second);

}  // namespace ctl::render
