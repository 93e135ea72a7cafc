#include "kafka/incremental.hpp"

#include <catch2/catch.hpp>

#include "support/quiet.hpp"

using namespace ctl;
using namespace std::chrono_literals;

#if RD_KAFKA_VERSION < 0x020200ff
TEST_CASE("configs are not changed where other overrides could get lost: the command that does it is told, and nobody is asked") {
  Quiet quiet;
  kafka::Client client{RD_KAFKA_PRODUCER,
                       {.brokers = "127.0.0.1:1", .properties = {{"security.protocol", "ssl"}}, .secrets = {}, .origin = "test"},
                       {},
                       quiet};
  const std::string gone = "segment.ms";
  try {
    kafka::alter_incrementally(client, "t", {{"cleanup.policy", "compact,delete"}, {"retention.ms", "-1"}}, {&gone, 1}, Deadline{5s, {}});
    FAIL("it was tried");
  } catch (const Error& error) {
    CHECK(error.code() == Code::refused);
    CHECK(error.text().where == "127.0.0.1:1 (test)");
    CHECK(error.text().hint ==
          "kafka-configs.sh --bootstrap-server 127.0.0.1:1 --entity-type topics --entity-name t --alter --add-config "
          "'cleanup.policy=[compact,delete],retention.ms=-1' --delete-config segment.ms");
  }
}
#endif
