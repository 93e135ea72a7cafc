#include "apply/connector_window.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"

namespace ctl {
namespace {

constexpr std::chrono::milliseconds enough_to_resume = 10s;

/// A third of what is left at most: a command with little time shall still be able to do something.
std::chrono::milliseconds time_to_resume(const Deadline& until) {
  const std::chrono::milliseconds left{until.left_ms(24h)};
  return std::min(enough_to_resume, left / 3);
}

/// Whatever ended the change: this has a time of its own and hears no signal (a second one ends the process).
void take_up_again(connect::Worker& worker, const std::string& name, RunState before, std::chrono::milliseconds time, Listener& to) {
  if (before == RunState::stopped) return;
  const Deadline until{time, {}};
  connect::Admin admin{worker};
  const auto done = attempt([&] {
    if (before == RunState::paused)
      admin.pause(name, until);
    else
      admin.resume(name, until);
  });
  if (done)
    to.note(Listener::Level::warn, fmt::format("connector {} is {} again, as before", name, to_string(before)));
  else
    to.note(
        Listener::Level::warn,
        fmt::format("connector {0} may be STOPPED, and its slot keeps WAL: run the command again, or mykartctl connector resume {0} ({1})",
                    name, done.error().what()));
}

}  // namespace

void while_stopped(connect::Worker& worker, const std::string& name, const Deadline& until, Listener& to,
                   const std::function<void(const Deadline&)>& change) {
  const auto before = worker.status(name, until).state;
  const auto reserve = time_to_resume(until);
  const auto inside = until.within(std::chrono::milliseconds{until.left_ms(24h)} - reserve);
  try {
    connect::Admin{worker}.stop(name, inside);
    change(inside);
  } catch (const Error&) {
    take_up_again(worker, name, before, reserve, to);
    throw;
  }
}

}  // namespace ctl
