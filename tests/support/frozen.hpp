#pragma once
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/// Holds a process of this machine by SIGSTOP, as a server out of memory or a machine in suspend is held. It goes on at the end, and after
/// ten seconds also if the test was killed: a stopped backend would hold every DROP DATABASE of its server.
class Frozen {
 public:
  explicit Frozen(int pid) : pid_{pid} {
    guard_ = ::fork();
    if (guard_ == 0) {
      ::close_range(0, ~0U, 0);  // whoever waits for the test's output must not wait for this
      ::sleep(10);
      ::kill(pid, SIGCONT);
      ::_exit(0);
    }
    ::kill(pid_, SIGSTOP);
  }
  ~Frozen() {
    ::kill(pid_, SIGCONT);
    ::kill(guard_, SIGKILL);
    ::waitpid(guard_, nullptr, 0);
  }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  pid_t pid_, guard_{};
};
