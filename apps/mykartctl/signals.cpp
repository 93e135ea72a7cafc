#include "signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string_view>

#include "exit_code.hpp"

namespace ctl::cli {
namespace {

constexpr auto grace = 2s;
constexpr auto same_press = 300ms;  // `timeout` and a terminal signal the process and its group: one wish, two signals
constexpr auto patience = 500ms;    // most commands have ended by then; the others say that they were heard

/// A terminal that closes asks to end, unless it was said (nohup) that this is nothing to us.
sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGRTMIN}) sigaddset(&set, signal);
  struct sigaction hangup {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

void say(std::string_view words) {  // not through Output: its owner may be the thread that does not come back
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words.data(), words.size());
}

[[noreturn]] void end(std::string_view words, Exit code) {
  say(words);
  ::_exit(static_cast<int>(code));
}

}  // namespace

SignalWatch::SignalWatch() {
  std::signal(SIGPIPE, SIG_IGN);
  const auto set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread{[this] { watch(); }};
}

SignalWatch::~SignalWatch() {
  closing_ = true;
  wake();
  thread_.join();
}

void SignalWatch::wake() { pthread_kill(thread_.native_handle(), SIGRTMIN); }

void SignalWatch::end_by(Deadline::clock::duration from_now) {
  backstop_ = Deadline::clock::now() + from_now + grace;
  wake();
}

void SignalWatch::watch() {
  using clock = Deadline::clock;
  const auto set = watched();
  auto first_at = clock::time_point{}, explain_at = clock::time_point::max();
  while (!closing_) {
    const auto now = clock::now();
    if (now >= backstop_.load()) end("mykartctl: error: a call did not end by the deadline; the command was ended\n", Exit::unreachable);
    if (now >= explain_at) {
      say("stopping at the next safe point (Ctrl-C again: at once)\n");
      explain_at = clock::time_point::max();
    }
    const auto left = std::min<clock::duration>(std::min(backstop_.load(), explain_at) - now, 24h);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec pause{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds{left - seconds}.count()};
    const int taken = sigtimedwait(&set, nullptr, &pause);
    const int signal = taken == SIGHUP ? SIGTERM : taken;
    if (signal != SIGINT && signal != SIGTERM) continue;
    if (received_ == 0) {
      received_ = signal;
      first_at = clock::now();
      explain_at = first_at + patience;
      stop_.request_stop();
    } else if (clock::now() - first_at > same_press) {
      end("mykartctl: ended at once; run the same command again to go on\n", signal == SIGTERM ? Exit::terminated : Exit::interrupted);
    }
  }
}

}  // namespace ctl::cli
