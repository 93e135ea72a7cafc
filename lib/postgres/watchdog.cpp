#include "postgres/watchdog.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

#include "core/error.hpp"

namespace ctl::postgres {

Watchdog::Watchdog(int socket) : socket_{socket}, bell_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (bell_ < 0) throw Error{Code::failed, {.what = "no file descriptor is left to watch over a connection", .hint = "raise ulimit -n"}};
  thread_ = std::thread{[this] { run(); }};
}
Watchdog::~Watchdog() {
  release();
  state_ = State::quit;
  ring();
  thread_.join();
  ::close(bell_);
}

void Watchdog::watch(const Deadline& until) {
  until_ = &until;
  state_ = State::watching;
  ring();
}

// `looking` is the short time in which the thread uses until_: whoever wants the Deadline back waits for its end.
bool Watchdog::release() noexcept {
  for (auto seen = State::watching; !state_.compare_exchange_strong(seen, State::idle); seen = State::watching) {
    if (seen == State::fired) return true;
    if (seen == State::idle) return false;
    state_.wait(State::looking);
  }
  return false;
}

void Watchdog::ring() const noexcept {
  const std::uint64_t once = 1;
  [[maybe_unused]] const auto written = ::write(bell_, &once, sizeof once);  // a full counter is a bell that rings already
}

void Watchdog::run() {
  for (int nap_ms = -1;;) {
    pollfd bell{bell_, POLLIN, 0};
    std::uint64_t rings = 0;
    if (::poll(&bell, 1, nap_ms) > 0 && ::read(bell_, &rings, sizeof rings) < 0) continue;
    auto seen = State::watching;
    if (!state_.compare_exchange_strong(seen, State::looking)) {
      if (seen == State::quit) return;
      nap_ms = -1;
      continue;
    }
    const bool over = until_->over();
    nap_ms = until_->left_ms(20ms);  // a stop is noticed by looking, so the naps are short
    if (over) ::shutdown(socket_, SHUT_RDWR);
    state_ = over ? State::fired : State::watching;
    state_.notify_all();
    if (over) return;
  }
}

}  // namespace ctl::postgres
