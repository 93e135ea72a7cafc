#pragma once
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
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
  [[nodiscard]] std::string text() const {  // what was written since the last call
    std::string text;
    char piece[4096];
    for (ssize_t got = 0; (got = ::read(ours_, piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(got));
    return text;
  }

 private:
  int ours_, theirs_{};
};
