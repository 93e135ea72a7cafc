#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "support/tool.hpp"

namespace {

/// A server that takes connections and says nothing: the worst kind.
class Silent {
 public:
  Silent() : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(socket_, 16) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Silent() { ::close(socket_); }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] bool was_called() const {
    pollfd pending{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&pending, 1, 20'000) == 1;
  }

 private:
  int socket_;
  std::string address_{};
};

process::Options on_terminal() {
  auto options = tool::clean();
  options.terminal = true;
  return options;
}

std::string help_on_terminal(process::Options options, std::vector<std::string> more = {}) {
  more.insert(more.begin(), "help");
  return process::run(tool::command(more), std::move(options)).out;
}

}  // namespace

TEST_CASE("Colours are for terminals, and NO_COLOR, TERM=dumb and --color are obeyed") {
  const std::string escape = "\x1b[";
  CHECK(help_on_terminal(on_terminal()).find(escape) != std::string::npos);
  for (const auto& [name, value] : {std::pair{"NO_COLOR", "1"}, std::pair{"TERM", "dumb"}}) {
    auto options = on_terminal();
    options.environment[name] = value;
    CHECK(help_on_terminal(options).find(escape) == std::string::npos);
  }
  CHECK(help_on_terminal(on_terminal(), {"--color", "never"}).find(escape) == std::string::npos);
  CHECK(tool::run({"help"}).out.find(escape) == std::string::npos);
  CHECK(tool::run({"help", "--color", "always"}).out.find(escape) != std::string::npos);
}

TEST_CASE("Ctrl-C and SIGTERM end a command that waits for a silent server, with the shell's codes") {
  for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    const Silent server;
    process::Child child{tool::command({"topics", "list", "--timeout", "1m", "--brokers", server.address()}), tool::clean()};
    REQUIRE(server.was_called());
    child.signal(signal);
    CHECK(child.wait(process::Milliseconds{5000}) == status);
    CHECK(child.err().find("interrupted while") != std::string::npos);
  }
}

TEST_CASE("A command ends by its own time when a server says nothing") {
  const Silent server;
  const auto started = std::chrono::steady_clock::now();
  const auto ended = tool::run({"topics", "list", "--timeout", "1s", "--brokers", server.address()});
  CHECK(ended.status == 69);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{5});
  CHECK(ended.err.find(server.address()) != std::string::npos);
}
