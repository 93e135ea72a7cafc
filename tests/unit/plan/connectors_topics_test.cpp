#include <catch2/catch.hpp>

#include "plan/connector_topics.hpp"

using namespace ctl;
using plan::route;

namespace {

ConnectorSpec spec(Config more) {
  more.emplace("topic.prefix", "shop.cdc");
  return {.name = "c", .config = std::move(more)};
}
const TableName orders{"public", "orders"};
const std::string without_schema = "io.debezium.schema.DefaultTopicNamingStrategy";

}  // namespace

TEST_CASE("a table's topic has the schema in it unless the naming strategy drops it") {
  CHECK(plan::topic_of(spec({}), orders) == "shop.cdc.public.orders");
  CHECK(plan::topic_of(spec({{"topic.naming.strategy", without_schema}}), orders) == "shop.cdc.orders");
  CHECK(plan::topic_of(spec({{"topic.naming.strategy", without_schema}}), {"public", "Ünder line"}) == "shop.cdc._nder_line");
  CHECK(plan::topic_of(spec({{"topic.naming.strategy", "com.example.Own"}}), orders) == std::nullopt);
}

TEST_CASE("transforms are followed as far as they can be") {
  const Config router{{"transforms", "a, b"},
                      {"transforms.a.type", "io.debezium.transforms.ExtractNewRecordState"},
                      {"transforms.b.type", "org.apache.kafka.connect.transforms.RegexRouter"},
                      {"transforms.b.regex", R"(shop\.cdc\.public\.(.*))"},
                      {"transforms.b.replacement", "shop.cdc.$1"}};
  CHECK(plan::topic_of(spec(router), orders) == "shop.cdc.orders");
  auto guarded = router;
  guarded["transforms.b.predicate"] = "p";
  CHECK(plan::topic_of(spec(guarded), orders) == std::nullopt);
  auto strange = router;
  strange["transforms.a.type"] = "com.example.Renamer";
  CHECK(plan::topic_of(spec(strange), orders) == std::nullopt);
}

TEST_CASE("a route is the whole name's match, or nothing changes") {
  CHECK(route(R"(([^.]+)\.([^.]+)\.([^.]+))", "$3", "a.b.c") == "c");
  CHECK(route("(.*)\\.public\\.(.*)", "$1.$2", "x.public.public.y") == "x.public.y");  // greedy, as in Java
  CHECK(route("abc", "z", "abcd") == "abcd");
  CHECK(route("a+b*", "z", "aab") == "z");
  CHECK(route("a+b*", "z", "b") == "b");
  CHECK(route("(a*)(.*)", "$2$1", "aab") == "baa");
}

TEST_CASE("a pattern or replacement beyond us is unknown, not guessed") {
  for (const auto* pattern : {"a|b", "(a(b))", "(?:a)", "[a-z]+", "a{2}", "a?", "^a$", "a.*?", "(a", "\\d"}) {
    INFO(pattern);
    CHECK(route(pattern, "x", "a") == std::nullopt);
  }
  CHECK(route("(.*)", "$2", "a") == std::nullopt);
  CHECK(route("(.*)", "${name}", "a") == std::nullopt);
}

TEST_CASE("heartbeats have a topic exactly when they are on") {
  CHECK(plan::heartbeat_topic(spec({})).empty());
  CHECK(plan::heartbeat_topic(spec({{"heartbeat.interval.ms", "0"}})).empty());
  CHECK(plan::heartbeat_topic(spec({{"heartbeat.interval.ms", "5000"}})) == "__debezium-heartbeat.shop.cdc");
  CHECK(plan::heartbeat_topic(spec({{"heartbeat.interval.ms", "5000"}, {"topic.heartbeat.prefix", "hb"}})) == "hb.shop.cdc");
}
