#include "support/proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <list>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "support/sandbox.hpp"

namespace {

constexpr std::string_view real_host = "127.0.0.1";  // as the sandbox's broker advertises itself

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int real_port() {
  const auto brokers = sandbox::brokers();
  return std::stoi(brokers.substr(brokers.rfind(':') + 1));
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the other side is gone, which its own read will tell
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// One direction of a connection: whole frames out of what came so far.
struct Stream {
  int from{}, to{};
  std::string bytes{};
  [[nodiscard]] bool read() {
    std::array<char, 65536> some;
    const auto got = ::recv(from, some.data(), some.size(), 0);
    if (got <= 0) return false;
    bytes.append(some.data(), static_cast<std::size_t>(got));
    return true;
  }
  [[nodiscard]] std::string frame() {
    if (bytes.size() < 4 || bytes.size() < 4 + number(bytes, 0, 4)) return {};
    auto whole = bytes.substr(0, 4 + number(bytes, 0, 4));
    bytes.erase(0, whole.size());
    return whole;
  }
};

struct Connection {
  Stream requests, answers;
  std::set<std::uint32_t> unanswered{};  ///< correlation ids whose answers get lost
};

/// In a metadata answer an address is the host with its length before it and the port behind it.
void pretend(std::string& frame, const std::string& host, int port) {
  const auto real = real_port();
  for (auto at = frame.find(real_host); at != std::string::npos; at = frame.find(real_host, at + 1)) {
    const auto behind = at + real_host.size();
    if (behind + 4 > frame.size() || number(frame, behind, 4) != static_cast<std::uint32_t>(real)) continue;
    frame.replace(at, real_host.size(), host);
    for (std::size_t i = 0; i < 4; ++i) frame[behind + i] = static_cast<char>(port >> (24 - 8 * static_cast<int>(i)));
  }
}

}  // namespace

Proxy::Proxy(std::string host) : host_{std::move(host)} {
  if (host_.size() != real_host.size()) throw std::runtime_error{"the proxy's host name must be as long as " + std::string{real_host}};
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error{"no port for the proxy"};
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

Proxy::~Proxy() {
  stop_ = true;
  thread_.join();
  ::close(listener_);
}

void Proxy::run() {
  std::list<Connection> connections;
  const auto request = [&](Connection& c, const std::string& frame) {
    const auto api = static_cast<int>(number(frame, 4, 2));
    if (awaited_.contains(api) && then_) std::exchange(then_, nullptr)();
    if (api == lost_answers_) c.unanswered.insert(number(frame, 8, 4));
    if (api != lost_requests_) send_all(c.requests.to, frame);
  };
  const auto answer = [&](Connection& c, std::string frame) {
    if (c.unanswered.erase(number(frame, 4, 4)) > 0) return;
    pretend(frame, host_, port_);
    send_all(c.answers.to, frame);
  };
  while (!stop_) {
    std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
    for (const auto& c : connections) {
      waiting.push_back({c.requests.from, POLLIN, 0});
      waiting.push_back({c.answers.from, POLLIN, 0});
    }
    if (::poll(waiting.data(), waiting.size(), 50) <= 0) continue;
    std::size_t at = 1;
    for (auto c = connections.begin(); c != connections.end(); at += 2) {
      const bool open = (waiting[at].revents == 0 || c->requests.read()) && (waiting[at + 1].revents == 0 || c->answers.read());
      for (auto frame = c->requests.frame(); !frame.empty(); frame = c->requests.frame()) request(*c, frame);
      for (auto frame = c->answers.frame(); !frame.empty(); frame = c->answers.frame()) answer(*c, std::move(frame));
      if (!open) {
        ::close(c->requests.from);
        ::close(c->answers.from);
      }
      c = open ? std::next(c) : connections.erase(c);
    }
    if (waiting[0].revents != 0) {
      const auto client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const auto broker = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const auto address = loopback(real_port());
      if (::connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        connections.push_back({{client, broker}, {broker, client}});
    }
  }
  for (const auto& c : connections) {
    ::close(c.requests.from);
    ::close(c.answers.from);
  }
}
