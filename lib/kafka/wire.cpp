#include "kafka/wire.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "core/error.hpp"
#include "core/handle.hpp"

namespace ctl::kafka {
namespace {

constexpr std::int32_t correlation = 1;
constexpr std::string_view client_id = "mykartctl";
constexpr std::size_t largest_answer = 16 << 20;

class Socket {
 public:
  explicit Socket(const addrinfo& to) : fd_{::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to.ai_protocol)} {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  Socket& operator=(Socket&&) = delete;

  /// 0, or the errno of the failure.
  [[nodiscard]] int connect(const addrinfo& to, const Deadline& until) const {
    if (fd_ < 0) return errno;
    if (::connect(fd_, to.ai_addr, to.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    wait(POLLOUT, until);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
  }
  void write(std::string_view bytes, const Deadline& until) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0)
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (errno != EAGAIN)
        lost();
      else
        wait(POLLOUT, until);
    }
  }
  [[nodiscard]] std::string read(std::size_t size, const Deadline& until) const {
    std::string bytes(size, '\0');
    for (std::size_t at = 0; at < size;) {
      const auto got = ::recv(fd_, bytes.data() + at, size - at, 0);
      if (got > 0)
        at += static_cast<std::size_t>(got);
      else if (got == 0 || errno != EAGAIN)
        lost();
      else
        wait(POLLIN, until);
    }
    return bytes;
  }

 private:
  void wait(short for_what, const Deadline& until) const {
    for (pollfd poll{fd_, for_what, 0}; ::poll(&poll, 1, until.left_ms()) <= 0;) until.check("talking to the broker");
  }
  [[noreturn]] static void lost() {
    throw Error{Code::unreachable, {.what = "the broker closed the connection in the middle of a request"}};
  }
  int fd_;
};

Socket connected(const std::string& host, int port, const Deadline& until) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const auto where = fmt::format("{}:{}", host, port);
  if (const auto failed = ::getaddrinfo(host.c_str(), fmt::format("{}", port).c_str(), &hints, &found); failed != 0)
    throw Error{Code::unreachable, {.what = where + " does not resolve", .cause = ::gai_strerror(failed)}};
  const Handle<addrinfo, ::freeaddrinfo> owner{found};
  int error = 0;
  for (const auto* address = found; address != nullptr; address = address->ai_next) {
    Socket socket{*address};
    error = socket.connect(*address, until);
    if (error == 0) return socket;
  }
  throw Error{Code::unreachable, {.what = "no connection to " + where, .cause = std::generic_category().message(error)}};
}

}  // namespace

WireWriter& WireWriter::number(std::int64_t value, int size) {
  for (int i = size - 1; i >= 0; --i) bytes_ += static_cast<char>(value >> (8 * i));
  return *this;
}

WireWriter& WireWriter::zeros(std::size_t size) {
  bytes_.append(size, '\0');
  return *this;
}

WireWriter& WireWriter::string(std::optional<std::string_view> text) {
  if (!text) return varint(0);
  varint(text->size() + 1);
  bytes_ += *text;
  return *this;
}

WireWriter& WireWriter::array(std::size_t length) { return varint(length + 1); }

WireWriter& WireWriter::varint(std::size_t value) {
  for (; value > 0x7f; value >>= 7) number(static_cast<std::int64_t>((value & 0x7f) | 0x80), 1);
  return number(static_cast<std::int64_t>(value), 1);
}

std::string_view WireReader::take(std::size_t size) {
  if (bytes_.size() - at_ < size) throw Error{Code::failed, {.what = "the broker's answer is shorter than it says"}};
  at_ += size;
  return std::string_view{bytes_}.substr(at_ - size, size);
}

std::int64_t WireReader::integer(int size) {
  std::int64_t value = 0;
  bool first = true;
  for (const auto byte : take(static_cast<std::size_t>(size))) {
    value = std::exchange(first, false) ? static_cast<signed char>(byte) : value * 256 + static_cast<unsigned char>(byte);
  }
  return value;
}

std::optional<std::string> WireReader::string() {
  const auto size = varint();
  return size == 0 ? std::nullopt : std::optional{std::string{take(size - 1)}};
}

std::size_t WireReader::array() {
  const auto length = varint();
  return length == 0 ? 0 : length - 1;
}

void WireReader::tags() {
  for (auto left = varint(); left > 0; --left) {
    static_cast<void>(varint());  // which
    skip(varint());
  }
}

std::size_t WireReader::varint() {
  std::size_t value = 0;
  for (int shift = 0; shift < 32; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1).front());
    value |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw Error{Code::failed, {.what = "the broker's answer has a number without an end"}};
}

bool is_plain(const Settings& settings) {
  const auto protocol = settings.properties.find("security.protocol");
  return (protocol == settings.properties.end() || protocol->second == "plaintext" || protocol->second == "PLAINTEXT") &&
         !settings.secrets.contains("security.protocol") && settings.brokers.find("SSL://") == std::string::npos &&
         settings.brokers.find("SASL_") == std::string::npos;
}

WireReader exchange(const std::string& host, int port, std::int16_t api, std::int16_t version, const WireWriter& body,
                    const Deadline& until) {
  WireWriter header, tags, length;
  header.int16(api).int16(version).int32(correlation).int16(client_id.size());  // the one string that is never compact
  const auto request = fmt::format("{}{}{}{}", header.bytes(), client_id, tags.tags().bytes(), body.bytes());
  length.int32(static_cast<std::int32_t>(request.size()));
  const auto socket = connected(host, port, until);
  socket.write(length.bytes() + request, until);
  const auto size = WireReader{socket.read(4, until)}.integer(4);
  if (size < 4 || static_cast<std::size_t>(size) > largest_answer)
    throw Error{Code::failed, {.what = "the broker's answer makes no sense"}};
  WireReader answer{socket.read(static_cast<std::size_t>(size), until)};
  if (answer.integer(4) != correlation) throw Error{Code::failed, {.what = "the broker answered another request"}};
  answer.tags();
  return answer;
}

}  // namespace ctl::kafka
