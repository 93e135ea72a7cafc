#include "render/stream.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace ctl::render {

void Stream::write(std::string_view bytes) {
  pending_ += bytes;
  put(secrets_.pass(pending_, false));
}

void Stream::end() { put(secrets_.pass(pending_, true)); }

bool Stream::gone() const noexcept {
  pollfd pipe{.fd = descriptor_, .events = 0, .revents = 0};
  return gone_ || (::poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0);
}

void Stream::put(std::string_view bytes) {
  while (!bytes.empty() && !failed_ && !gone_) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // a terminal that another process has made non-blocking
      pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      ::poll(&ready, 1, 100);
    } else if (errno == EPIPE) {
      gone_ = true;
    } else if (errno != EINTR) {
      failed_ = true;
    }
  }
}

}  // namespace ctl::render
