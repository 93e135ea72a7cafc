#include "kafka/trouble.hpp"

#include <catch2/catch.hpp>

using namespace ctl;
using kafka::Trouble;
using Kind = kafka::Trouble::Kind;

namespace {

const kafka::Settings local{.brokers = "localhost:9092", .properties = {}, .secrets = {}, .origin = "default"};

Trouble with(Kind kind, std::string_view reason) {
  Trouble trouble;
  trouble.add(kind, reason);
  return trouble;
}

}  // namespace

TEST_CASE("a refused connection is one sentence with the address and where it came from") {
  const auto error = with(Kind::other,
                          "localhost:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state "
                          "CONNECT, 3 identical error(s) suppressed)")
                         .sentence(local);
  REQUIRE(error);
  CHECK(error->code() == Code::unreachable);
  CHECK(error->what() == std::string{"connection refused at localhost:9092 (default)"});
  CHECK(error->text().cause == "Connection refused");
}

TEST_CASE("what answers in another protocol is told as such, and at once") {
  const auto trouble = with(Kind::other,
                            "localhost:9092/bootstrap: Receive failed: Invalid response size 1157627904 (0..100000000): increase "
                            "receive.message.max.bytes");
  CHECK(trouble.hopeless(local, 0));
  const auto error = trouble.sentence(local);
  CHECK(error->what() == std::string{"what answers at localhost:9092 (default) is not Kafka, or wants TLS"});
}

TEST_CASE("a name that does not resolve is told as such") {
  const auto error =
      with(Kind::unresolved,
           "localhost:9092/bootstrap: Failed to resolve 'localhost:9092': Name or service not known (after 12ms in state CONNECT)")
          .sentence(local);
  CHECK(error->what() == std::string{"localhost:9092 (default) does not resolve"});
  CHECK(error->text().cause == "Name or service not known");
}

TEST_CASE("a bootstrap that answers with an address that does not resolve from here is told apart from one that does not answer") {
  const auto error = with(Kind::unresolved,
                          "kafka-kraft-0.kafka:9092/0: Failed to resolve 'kafka-kraft-0.kafka:9092': Name or service not known (after 4ms "
                          "in state CONNECT)")
                         .sentence(local);
  CHECK(error->code() == Code::unreachable);
  CHECK(error->what() ==
        std::string{"bootstrap localhost:9092 answers, but broker 0 advertises kafka-kraft-0.kafka:9092, which does not resolve"});
  CHECK(error->text().where == "localhost:9092 (default)");
}

TEST_CASE("a transaction coordinator is a broker too, by which number is not said") {
  const auto error =
      with(Kind::unresolved,
           "TxnCoordinator: inside:9092: Failed to resolve 'inside:9092': Name or service not known (after 5ms in state CONNECT)")
          .sentence(local);
  CHECK(error->what() == std::string{"bootstrap localhost:9092 answers, but a broker advertises inside:9092, which does not resolve"});
  CHECK(error->text().cause == "Name or service not known");
}

TEST_CASE("a broker at the bootstrap address itself is no advertised stranger") {
  const auto error =
      with(Kind::other, "localhost:9092/1: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)")
          .sentence(local);
  CHECK(error->what() == std::string{"connection refused at localhost:9092 (default)"});
}

TEST_CASE("refused credentials are denied, also behind TLS") {
  const kafka::Settings tls{.brokers = "SASL_SSL://kafka:9093", .properties = {}, .secrets = {}, .origin = "context prod"};
  const auto trouble = with(Kind::denied,
                            "sasl_ssl://kafka:9093/bootstrap: SASL authentication error: Authentication failed during authentication due "
                            "to invalid credentials (after 310ms in state AUTH_REQ)");
  const auto error = trouble.sentence(tls);
  CHECK(trouble.denied());
  CHECK(error->code() == Code::denied);
  CHECK(error->what() == std::string{"Kafka at kafka:9093 (context prod) refuses the credentials"});
  CHECK(error->text().cause == "SASL authentication error: Authentication failed during authentication due to invalid credentials");
}

TEST_CASE("it is hopeless when no bootstrap server can be reached, not when one of them may") {
  const kafka::Settings two{.brokers = "a:9092, b", .properties = {}, .secrets = {}, .origin = {}};
  Trouble trouble;
  CHECK_FALSE(trouble.hopeless(two, 0));
  trouble.add(Kind::refused, "a:9092/bootstrap: Connect to ipv4#10.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)");
  CHECK_FALSE(trouble.hopeless(two, 0));
  trouble.add(Kind::unresolved, "b:9092/bootstrap: Failed to resolve 'b:9092': Name or service not known (after 0ms in state CONNECT)");
  CHECK(trouble.hopeless(two, 0));
  trouble.answered(two);
  CHECK_FALSE(trouble.hopeless(two, 0));
  trouble.add(Kind::other, "a:9092/bootstrap: Disconnected (after 3ms in state UP)");
  trouble.add(Kind::other, "b:9092/bootstrap: Disconnected (after 3ms in state UP)");
  CHECK_FALSE(trouble.hopeless(two, 0));  // they may come back
}

TEST_CASE("it is hopeless when every advertised address is wrong, also after the bootstrap has answered") {
  Trouble trouble;
  trouble.add(Kind::unresolved,
              "inside-1:9092/1: Failed to resolve 'inside-1:9092': Name or service not known (after 0ms in state CONNECT)");
  trouble.answered(local);
  CHECK_FALSE(trouble.hopeless(local, 2));
  CHECK(trouble.hopeless(local, 1));
  CHECK(trouble.sentence(local)->what() ==
        std::string{"bootstrap localhost:9092 answers, but broker 1 advertises inside-1:9092, which does not resolve"});
}

TEST_CASE("what names no broker is no reason") {
  CHECK_FALSE(with(Kind::other, "1/1 brokers are down").sentence(local));
  CHECK_FALSE(with(Kind::other, "orders.v1 [0]: topic does not exist (Broker: Unknown topic or partition)").sentence(local));
}
