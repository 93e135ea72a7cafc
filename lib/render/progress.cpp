#include "render/progress.hpp"

#include <fmt/format.h>

#include <optional>

#include "core/text.hpp"
#include "render/table.hpp"
#include "value/value.hpp"

namespace ctl::render {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds live_pause{100}, plain_pause{5000}, json_pause{1000};
constexpr std::size_t bar_width = 24;
constexpr std::string_view back_to_start = "\r\x1b[K";

std::string_view name_of(Listener::Level level) {
  constexpr std::string_view names[]{"debug", "info", "warning"};
  return names[static_cast<std::size_t>(level)];
}

struct Pace {
  std::chrono::milliseconds took{};
  double per_second{};
  std::optional<std::chrono::milliseconds> left{};  ///< not before a hundredth is done: until then it would be a guess
};

template <class Task>
Pace pace_of(const Task& task, Meter::Time now) {
  Pace pace{.took = std::chrono::duration_cast<std::chrono::milliseconds>(now - task.started)};
  const auto moved = task.done > task.first ? task.done - task.first : 0;
  if (pace.took > 0ms) pace.per_second = static_cast<double>(moved) * 1000 / static_cast<double>(pace.took.count());
  if (pace.per_second > 0 && task.outcome.empty() && task.done < task.total && task.done >= task.total / 100)
    pace.left = std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(task.total - task.done) * 1000 / pace.per_second)};
  return pace;
}

std::string bar(std::uint64_t done, std::uint64_t total) {
  const auto filled = static_cast<std::size_t>(static_cast<double>(done) / static_cast<double>(total) * bar_width);
  return "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "]";
}

}  // namespace

std::string format_rate(double per_second) {
  if (per_second < 999.5) return fmt::format("{:.0f}/s", per_second);
  if (per_second < 999'500) return fmt::format("{:.0f}k/s", per_second / 1000);
  return fmt::format("{:.1f}M/s", per_second / 1'000'000);
}

std::string Meter::text(const std::string& name, const Task& task, bool live) const {
  const auto pace = pace_of(task, clock_());
  const bool known = task.total > task.done && task.outcome.empty();
  auto out = fmt::format("  {:<28} ", name);
  if (known && live) out += bar(task.done, task.total) + ' ';
  if (known) out += fmt::format("{:>3} %  ", static_cast<int>(static_cast<double>(task.done) / static_cast<double>(task.total) * 100));
  out += fmt::format("{:>12} {}", format_count(task.done), task.unit);
  if (known && !live) out += " of " + format_count(task.total);
  if (pace.per_second > 0) out += "  " + format_rate(pace.per_second);
  if (pace.left) out += "  " + format_took(*pace.left) + " left";
  if (task.lag) out += fmt::format("  {} {}, {} behind", format_count(task.lag->rows), task.unit, format_took(task.lag->time));
  if (!task.outcome.empty()) out += fmt::format("  {} in {}", task.outcome, format_took(pace.took));
  return out;
}

std::string Meter::json(const std::string& name, const Task& task) const {
  const auto pace = pace_of(task, clock_());
  Value line;
  line.set("event", "progress")
      .set("task", name)
      .set("unit", task.unit)
      .set("done", task.done)
      .set("total", task.total > 0 ? Value{task.total} : Value{});
  line.set("bytes", task.bytes).set("rate_per_s", static_cast<std::int64_t>(pace.per_second)).set("took_ms", pace.took.count());
  line.set("left_ms", pace.left ? Value{pace.left->count()} : Value{});
  if (task.lag) line.set("lag", task.lag->rows).set("lag_ms", task.lag->time.count());
  return to_json(line.set("outcome", task.outcome.empty() ? Value{} : Value{task.outcome}));
}

void Meter::say(const std::string& name, Task& task) {
  clear();
  write_((options_.showing == Showing::json ? json(name, task) : text(name, task, false)) + '\n');
  task.shown = clock_();
  task.said = true;
}

void Meter::note(Level level, std::string_view message) {
  if (level < options_.least) return;
  clear();
  const auto text = options_.clean(message);
  if (options_.showing == Showing::json) {
    Value line;
    write_(to_json(line.set("event", "note").set("level", name_of(level)).set("message", text)) + '\n');
  } else if (level == Level::warn) {
    write_(styled("mykartctl: warning:", Style::warn, options_.look.colour) + " " + text + '\n');
  } else {
    write_(styled(text, level == Level::debug ? Style::faint : Style::plain, options_.look.colour) + '\n');
  }
}

void Meter::progress(const Progress& now) {
  if (options_.showing == Showing::none) return;
  const auto name = options_.clean(now.task);
  const auto [found, fresh] = tasks_.try_emplace(name, Task{.started = clock_(), .first = now.done});
  auto& task = found->second;
  if (fresh) task.shown = task.started;
  task.said = task.said && task.done == now.done && task.total == now.total;
  task.done = now.done, task.total = now.total, task.bytes = now.bytes, task.unit = now.unit, task.lag = now.lag,
  task.outcome = options_.clean(now.outcome);
  if (!task.outcome.empty()) {
    say(name, task);
    tasks_.erase(found);
    return;
  }

  const auto quiet_for = clock_() - task.shown;
  if (options_.showing != Showing::bar) {
    if (!task.said && quiet_for >= (options_.showing == Showing::json ? json_pause : plain_pause)) say(name, task);
  } else if (fresh || quiet_for >= live_pause) {
    write_(std::string{back_to_start} + text(name, task, true));
    task.shown = clock_();
    live_ = true;
  }
}

void Meter::clear() {
  if (live_) write_(back_to_start);
  live_ = false;
}

void Meter::finish() {
  clear();
  for (auto& [name, task] : tasks_)
    if (!task.said) say(name, task);
  tasks_.clear();
}

}  // namespace ctl::render
