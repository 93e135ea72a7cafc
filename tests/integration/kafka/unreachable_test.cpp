#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <thread>

#include "kafka/producer.hpp"
#include "kafka/reader.hpp"
#include "kafka_test.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

/// A port of this machine: bound so that nobody else takes it, silent when it listens, refusing when it does not.
class Port {
 public:
  explicit Port(bool listening) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0 || (listening && ::listen(socket_, 8) != 0))
      throw std::runtime_error{"no port"};
    number_ = ntohs(address.sin_port);
  }
  ~Port() { ::close(socket_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  [[nodiscard]] kafka::Settings settings() const {
    return {.brokers = "127.0.0.1:" + std::to_string(number_), .properties = {}, .secrets = {}, .origin = "MYKART_BROKERS"};
  }
  [[nodiscard]] std::string name() const { return settings().brokers; }

 private:
  int socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int number_{};
};

struct Timed {
  Deadline::clock::time_point start{Deadline::clock::now()};
  [[nodiscard]] Deadline::ms took() const { return std::chrono::duration_cast<Deadline::ms>(Deadline::clock::now() - start); }
};

}  // namespace

TEST_CASE("a refused connection is named with the address and the origin of its value, long before the deadline") {
  Quiet quiet;
  const Port port{false};
  const Timed timed;
  const auto error = error_of([&] {
    kafka::Cluster cluster{port.settings(), quiet};
    (void)cluster.topics(Deadline{30s, {}});
  });
  CHECK(error.code() == Code::unreachable);
  CHECK(error.what() == "connection refused at " + port.name() + " (MYKART_BROKERS)");
  CHECK(timed.took() < 5s);
}

TEST_CASE("a name that does not resolve is named as such") {
  Quiet quiet;
  const auto error = error_of([&] {
    kafka::Cluster cluster{{.brokers = "kafka.invalid:9092", .properties = {}, .secrets = {}, .origin = "--brokers"}, quiet};
    (void)cluster.id(Deadline{20s, {}});
  });
  CHECK(error.code() == Code::unreachable);
  CHECK(error.what() == std::string{"kafka.invalid:9092 (--brokers) does not resolve"});
}

TEST_CASE("a server that never answers costs the deadline and no more, whatever is asked") {
  Quiet quiet;
  const Port port{true};
  const std::string topic = "t";
  const kafka::Partition partition{topic, 0};
  using Call = std::function<void(kafka::Cluster&, const Deadline&)>;
  const std::vector<Call> calls{
      [](auto& c, auto& until) { (void)c.topics(until); },
      [&](auto& c, auto& until) {
        (void)c.describe({&topic, 1}, until);
      },
      [&](auto& c, auto& until) {
        (void)c.offsets({&partition, 1}, kafka::Cluster::At::latest, until);
      },
      [](auto& c, auto& until) { (void)c.groups(until); },
      [&](auto&, auto& until) {
        kafka::Transactional{port.settings(), "t", quiet, until};
      },
  };
  const auto& call = calls[GENERATE(range(std::size_t{0}, std::size_t{5}))];
  const Timed timed;
  const auto error = error_of([&] {
    kafka::Cluster cluster{port.settings(), quiet};
    call(cluster, Deadline{700ms, {}});
  });
  CHECK(error.code() == Code::timeout);
  CHECK(std::string{error.what()} == "Kafka at " + port.name() + " (MYKART_BROKERS) does not answer");
  CHECK(timed.took() >= 600ms);
  CHECK(timed.took() < 2000ms);  // destructors included
}

TEST_CASE("a stop ends a waiting call at once") {
  Quiet quiet;
  const Port port{true};
  std::stop_source stop;
  const Deadline until{30s, stop.get_token()};
  kafka::Cluster cluster{port.settings(), quiet};
  std::jthread presser{[&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  }};
  const Timed timed;
  CHECK(error_of([&] { (void)cluster.groups(until); }).code() == Code::interrupted);
  CHECK(timed.took() < 500ms);
}

TEST_CASE("a reader without a broker gives nothing by the deadline, and says why") {
  Quiet quiet;
  const Port port{false};
  kafka::Reader reader{port.settings(), {{{"t", 0}, kafka::Reader::beginning}}, kafka::Reader::Isolation::committed, quiet};
  CHECK(std::holds_alternative<std::monostate>(reader.next(Deadline{500ms, {}})));
  CHECK(reader.silence("reading t").what() == "connection refused at " + port.name() + " (MYKART_BROKERS)");
}

TEST_CASE("a property that the tool relies on cannot be set to something else, and a wrong one is named") {
  Quiet quiet;
  const auto with = [&](std::string key, std::string value) {
    return error_of([&] {
      kafka::Cluster{{.brokers = "127.0.0.1:1", .properties = {{std::move(key), std::move(value)}}, .secrets = {}, .origin = "x"}, quiet};
    });
  };
  CHECK(with("log.queue", "false").code() == Code::config);
  const auto wrong = with("sokcet.timeout.ms", "1000");
  CHECK(wrong.code() == Code::config);
  CHECK(wrong.text().cause.find("sokcet.timeout.ms") != std::string::npos);
}

TEST_CASE("a secret that librdkafka does not take is not repeated") {
  Quiet quiet;
  const auto error = error_of([&] {
    kafka::Cluster{{.brokers = "127.0.0.1:1",
                    .properties = {},
                    .secrets = {{"ssl.key.pem", Secret{"hunter2"}}, {"security.protocol", Secret{"hunter2"}}},
                    .origin = "x"},
                   quiet};
  });
  CHECK(error.code() == Code::config);
  CHECK((error.text().what + error.text().cause + error.text().where).find("hunter2") == std::string::npos);
}
