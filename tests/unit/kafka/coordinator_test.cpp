#include "kafka/client.hpp"

// clang-format off: it needs the one before it
#include <librdkafka/rdkafka_mock.h>
// clang-format on

#include <catch2/catch.hpp>

#include "support/quiet.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

const kafka::Settings two_brokers{.brokers = "localhost:9092", .properties = {{"test.mock.num.brokers", "2"}}, .secrets = {}, .origin = ""};

}  // namespace

TEST_CASE("a group's coordinator that comes back after the wait for it is over does no harm") {
  Quiet quiet;
  kafka::Client client{RD_KAFKA_CONSUMER, two_brokers, {}, quiet};
  auto* cluster = rd_kafka_handle_mock_cluster(client.get());
  rd_kafka_mock_coordinator_set(cluster, "group", "shop", 2);
  rd_kafka_mock_broker_set_down(cluster, 2);

  const kafka::Client::Send commits_of_the_shop = [&](const auto* options, auto* queue) {
    const kafka::ListGroupOffsets request{rd_kafka_ListConsumerGroupOffsets_new("shop", nullptr)};
    auto* one = request.get();
    rd_kafka_ListConsumerGroupOffsets(client.get(), &one, 1, options, queue);
  };
  const auto events = client.ask_all(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "waiting", Deadline{300ms, {}}, {&commits_of_the_shop, 1});
  CHECK(events.front() == nullptr);

  rd_kafka_mock_broker_set_up(cluster, 2);
  CHECK(client.ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "asking again", Deadline{20s, {}}, commits_of_the_shop) != nullptr);
}
