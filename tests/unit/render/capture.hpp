#pragma once
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

/// A file to write to, which gives back what was written.
class Capture {
 public:
  [[nodiscard]] int descriptor() const { return ::fileno(file_.get()); }
  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(::lseek(descriptor(), 0, SEEK_END)), '\0');
    text.resize(static_cast<std::size_t>(::pread(descriptor(), text.data(), text.size(), 0)));
    return text;
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), std::fclose};
};

/// A terminal: what the program writes is read here, what is typed here is read by the program.
class Pty {
 public:
  explicit Pty(unsigned short columns = 80) : ours_{::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)} {
    ::grantpt(ours_);
    ::unlockpt(ours_);
    theirs_ = ::open(::ptsname(ours_), O_RDWR | O_NOCTTY);
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(theirs_, TIOCSWINSZ, &size);
    termios modes{};  // no echo: it would stand anywhere in what the program writes
    ::tcgetattr(theirs_, &modes);
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(theirs_, TCSANOW, &modes);
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;
  ~Pty() {
    ::close(theirs_);
    ::close(ours_);
  }
  [[nodiscard]] int descriptor() const { return theirs_; }
  void type(const std::string& text) const {
    if (::write(ours_, text.data(), text.size()) < 0) std::perror("pty");
  }
  /// What was written since the last call. The kernel hands it over when it finds the time, hence the mark behind it.
  [[nodiscard]] std::string text() const {
    constexpr char mark = '\x01';
    if (::write(theirs_, &mark, 1) < 0) std::perror("pty");
    std::string text;
    char piece[4096];
    for (pollfd readable{.fd = ours_, .events = POLLIN, .revents = 0}; text.empty() || text.back() != mark;) {
      if (::poll(&readable, 1, 5000) <= 0) return text;
      if (const auto got = ::read(ours_, piece, sizeof piece); got > 0) text.append(piece, static_cast<std::size_t>(got));
    }
    text.pop_back();
    return text;
  }

 private:
  int ours_, theirs_{};
};
