#pragma once
#include <atomic>
#include <thread>

#include "core/deadline.hpp"

namespace ctl::postgres {

/// Ends a call that blocks on a socket: at the deadline or on a stop it shuts the socket down, so that the call fails at once even if the
/// server is frozen. (libpq itself waits without a limit; statement_timeout needs a living server, tcp_user_timeout a dead one.)
class Watchdog {
 public:
  explicit Watchdog(int socket);  ///< the socket must stay open as long as the Watchdog lives
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void watch(const Deadline&);  ///< the Deadline must live until release()
  bool release() noexcept;      ///< true: the socket was shut down, now or earlier

 private:
  enum class State : unsigned char { idle, watching, looking, fired, quit };
  void run();
  void ring() const noexcept;

  int socket_;
  int bell_;  ///< eventfd that wakes the thread
  const Deadline* until_{};
  std::atomic<State> state_{State::idle};
  std::thread thread_;
};

}  // namespace ctl::postgres
