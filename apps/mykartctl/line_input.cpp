#include "line_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.hpp"

namespace ctl::cli {

LineInput::LineInput(const std::string& file)
    : name_{file == "-" ? "stdin" : file}, descriptor_{file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)} {
  if (descriptor_ < 0) throw Error{Code::usage, {.what = "--file: " + file + " cannot be read", .cause = std::strerror(errno)}};
}
LineInput::~LineInput() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

std::optional<std::string_view> LineInput::next(const Deadline& until) {
  for (;;) {
    const auto end = text_.find('\n', std::max(at_, searched_));
    if (end != std::string::npos || (ended_ && at_ < text_.size())) {
      const auto line = std::string_view{text_}.substr(at_, end == std::string::npos ? end : end - at_);
      at_ = std::min(text_.size(), at_ + line.size() + 1);
      ++number_;
      return line;
    }
    if (ended_) return std::nullopt;
    text_.erase(0, at_);
    at_ = 0;
    searched_ = text_.size();
    pollfd more{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&more, 1, until.left_ms()) <= 0) return std::nullopt;
    constexpr std::size_t piece = 256UL * 1024;
    text_.resize(searched_ + piece);
    const auto got = ::read(descriptor_, text_.data() + searched_, piece);
    const auto reason = errno;
    text_.resize(searched_ + static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    if (got == 0) ended_ = true;
    if (got < 0 && reason != EINTR && reason != EAGAIN)
      throw Error{Code::usage, {.what = "--file: " + name_ + " cannot be read", .cause = std::strerror(reason)}};
  }
}

}  // namespace ctl::cli
