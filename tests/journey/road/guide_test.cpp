#include <catch2/catch.hpp>

#include "shop.hpp"

namespace {

/// What was typed by the guide's reader, and what he has to see.
void types(Shop& shop, const std::vector<std::string>& command, int status, const std::vector<std::string>& sees) {
  const auto ended = shop.ctl(command);
  std::string line = "mykartctl";
  for (const auto& word : command) line += " " + word;
  INFO("$ " << line << "\n" << ended.out << ended.err);
  CHECK(ended.status == status);
  for (const auto& part : sees) {
    INFO("to be seen: " << part);
    CHECK((ended.out + ended.err).find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("each row of the deployment guide, typed as its reader would") {
  Shop shop{5'000};
  const auto rows = shop.rows();
  const auto core = shop.core_digest();

  // "kubectl get pod", "kafka-broker-api-versions.sh"
  types(shop, {"preflight", "--only", "kafka"}, 0, {"1 broker, cluster"});
  types(shop, {"preflight"}, 0, {"wal_level", "append-only", "same Kafka cluster", "retention"});

  // "deploy_database.sh": nothing is dropped, and it may be typed again
  types(shop, {"deploy", "--until", "topics", "--yes"}, 0, {"access/", "reached topics in"});
  types(shop, {"deploy", "--until", "topics", "--yes"}, 0, {"nothing to do"});
  CHECK(shop.rows() == rows);
  types(shop, {"schema", "status"}, 0, {"0001", "adopted"});

  // "curl -X DELETE", "curl -X POST --data @connector.json", "curl …/status"
  types(shop, {"connector", "validate"}, 0, {});
  types(shop, {"connector", "apply", "--yes"}, 0, {"done in"});
  types(shop, {"connector", "apply", "--yes"}, 0, {"nothing to do"});
  types(shop, {"connector", "status"}, 0, {"healthy", "1/1", "3/3", "one task, whatever the number of tables"});

  // "monitor-mykart-topics.sh status | monitor T | list | create"
  types(shop, {"topics", "apply", "--yes"}, 0, {"nothing to do"});
  types(shop, {"topics", "list"}, 0, {shop.topic("clicks"), shop.topic("cart-events")});
  types(shop, {"topics", "status"}, 0, {"ok"});

  // The move, and "psql -c \dt shows only three tables"
  types(shop, {"deploy", "--yes"}, 0, {"deployed in", "Check: mykartctl verify"});
  CHECK(shop.public_tables() == std::vector<std::string>{"order_line_items", "orders", "products"});
  types(shop, {"schema", "status"}, 0, {"mykart_retired"});
  types(shop, {"topics", "monitor", shop.topic("clicks"), "--from", "beginning", "--limit", "3"}, 0, {"event_id"});

  // "kubectl logs … Connected to Kafka": an event that arrives is the proof
  shop.open(true);
  shop.close();
  types(shop, {"status"}, 0, {"application: last event", "sealed"});
  types(shop, {"verify"}, 0, {"0 warnings"});

  // The rollback section
  types(shop, {"rollback", "--yes"}, 0, {"rolled back in"});
  CHECK(shop.public_tables().size() == 7);
  CHECK(shop.core_digest() == core);
  types(shop, {"verify"}, 0, {});
  types(shop, {"history"}, 0, {"rollback", "deploy", "connector apply"});
}
