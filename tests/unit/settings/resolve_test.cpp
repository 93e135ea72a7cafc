#include <catch2/catch.hpp>

#include "given.hpp"
#include "support/report_text.hpp"

using namespace ctl;
using namespace ctl::settings;
using namespace std::chrono_literals;

TEST_CASE("without any file the sandbox on this machine is meant") {
  const auto s = Shop{}.resolve();
  CHECK(s.context.value == "localhost");
  CHECK(s.brokers.value == "localhost:9092");
  CHECK(s.brokers.origin == "default");
  CHECK(s.database.value == "postgresql://admin@localhost/shop");
  CHECK(s.connect_url.value == "http://localhost:8083");
  CHECK(s.quiet_for == 30s);
  CHECK(s.guard_recent == 1h);
  CHECK(s.finalize_after == 0ms);
  CHECK_FALSE(s.timeout);
  CHECK(s.output == "table");
  CHECK_FALSE(s.is_protected);
  CHECK(s.warnings.empty());
}

TEST_CASE("the default context is taken, over the top of the file, and every value knows its place") {
  const auto s = Shop{}.file(two_contexts).resolve();
  CHECK(s.context.value == "local");
  CHECK(s.context.origin == "mykartctl.yaml:1:18");
  CHECK(s.brokers.origin == "mykartctl.yaml:4:22");
  CHECK(s.quiet_for == 2s);
  CHECK(Shop{}.file(two_contexts).flag("context", "staging").resolve().quiet_for == 20s);
}

TEST_CASE("each layer beats those below it") {
  Shop shop;
  const auto brokers = [&] { return shop.resolve().brokers.value + " by " + shop.resolve().brokers.origin; };
  CHECK(brokers() == "localhost:9092 by default");
  shop.variable("KAFKA_BROKERS", "shared:9092");
  CHECK(brokers() == "shared:9092 by KAFKA_BROKERS");
  shop.file("brokers: top:9092\n");
  CHECK(brokers() == "top:9092 by mykartctl.yaml:1:10");
  shop.file("brokers: top:9092\ndefault_context: a\ncontexts: {a: {brokers: context:9092}}\n");
  CHECK(brokers() == "context:9092 by mykartctl.yaml:3:25");
  shop.variable("SHOP_BROKERS", "variable:9092");
  CHECK(brokers() == "variable:9092 by SHOP_BROKERS");
  shop.flag("brokers", "flag:9092");
  CHECK(brokers() == "flag:9092 by flag --brokers");
}

TEST_CASE("a context is named by flag, then by variable, then by the file") {
  Shop shop;
  shop.file(two_contexts).variable("SHOP_CONTEXT", "staging");
  CHECK(shop.resolve().context.origin == "SHOP_CONTEXT");
  CHECK(shop.resolve().brokers.value == "kafka:9092");
  shop.flag("context", "prod");
  const auto s = shop.resolve();
  CHECK(s.context.value == "prod");
  CHECK(s.context.origin == "flag --context");
  CHECK(s.is_protected);
  CHECK(s.finalize_after == 7 * 24h);
  CHECK(s.kafka_cluster_id.value == "MkU3OEVBNTcwNTJENDM2Qg");
  CHECK(s.postgres_system_id.value == "7391234567890123456");
}

TEST_CASE("a context that does not exist is named with those that do") {
  Shop shop;
  shop.file(two_contexts).flag("context", "prd");
  CHECK(shop.refusal(Code::config) == "there is no context 'prd' in " + shop.folder.path("mykartctl.yaml") +
                                          " | it has local, prod, staging | flag --context | --context prod");
  CHECK(Shop{}.variable("SHOP_CONTEXT", "x").refusal(Code::config).find("it has no contexts | SHOP_CONTEXT") != std::string::npos);
}

TEST_CASE("a variable that contradicts a context named by flag is refused with both places") {
  Shop shop;
  shop.file(two_contexts).flag("context", "staging").variable("SHOP_BROKERS", "localhost:9092");
  CHECK(shop.refusal(Code::config) ==
        "SHOP_BROKERS contradicts the context 'staging' | SHOP_BROKERS says localhost:9092\nmykartctl.yaml:5:22 says kafka:9092 | "
        "mykartctl.yaml:5:22 | unset "
        "SHOP_BROKERS, or say --brokers as well");
  shop.flag("brokers", "localhost:9092");
  CHECK(shop.resolve().brokers.origin == "flag --brokers");
  CHECK(Shop{}.file(two_contexts).flag("context", "staging").variable("SHOP_BROKERS", "kafka:9092").refusal(Code::config) == "accepted");
  CHECK(Shop{}.file(two_contexts).variable("SHOP_BROKERS", "other:9092").refusal(Code::config) == "accepted");
  Shop secret;
  secret.file(two_contexts).flag("context", "staging").variable("SHOP_DATABASE", "postgresql://admin:hunter22@x/shop");
  CHECK(secret.refusal(Code::config).find("SHOP_DATABASE says postgresql://admin@x/shop") != std::string::npos);
  CHECK(secret.refusal(Code::config).find("hunter22") == std::string::npos);
}

TEST_CASE("a bad value is blamed on where it came from") {
  CHECK(Shop{}.variable("SHOP_TIMEOUT", "soon").refusal(Code::config) ==
        "'timeout' is 'soon', it should be a duration |  | SHOP_TIMEOUT | such as 500ms, 30s, 5m, 7d");
  CHECK(Shop{}.flag("quiet-for", "x").refusal(Code::usage).find("| flag --quiet-for |") != std::string::npos);
  CHECK(Shop{}.variable("SHOP_OUTPUT", "jsn").refusal(Code::config) ==
        "'output' is 'jsn', it should be one of table, wide, json, yaml, name |  | SHOP_OUTPUT | did you mean 'json'?");
  CHECK(Shop{}.variable("KAFKA_BROKERS", "http://x:9092").refusal(Code::config).find("it should be host:port |  | KAFKA_BROKERS") !=
        std::string::npos);
  CHECK(Shop{}
            .file("connect_url: connect:8083\n")
            .refusal(Code::config)
            .find("it should begin with http:// or https:// |  | mykartctl.yaml:1:14") != std::string::npos);
  CHECK(Shop{}.flag("database", "shop").refusal(Code::usage).find("it should be a PostgreSQL URL") != std::string::npos);
}

TEST_CASE("everything that is wrong in the file is told at once") {
  Shop shop;
  shop.file(
      "default_contxt: local\ncontexts:\n  local: {broker: x, quiet_for: 2, protected: yes}\n  prod: {timeout: 5x}\nprotected: true\n");
  CHECK(shop.refusal(Code::config) ==
        "mykartctl.yaml has 6 problems | mykartctl.yaml:1:1 unknown key 'default_contxt' (did you mean 'default_context'?)\n"
        "mykartctl.yaml:3:11 unknown key 'broker' (did you mean 'brokers'?)\n"
        "mykartctl.yaml:3:33 'quiet_for' is '2', it should be a duration (with its unit: 2ms, 2s, 2d)\n"
        "mykartctl.yaml:3:47 'yes' is ambiguous (write true, or \"yes\" for the text)\n"
        "mykartctl.yaml:4:19 'timeout' is '5x', it should be a duration (such as 500ms, 30s, 5m, 12h, 7d)\n"
        "mykartctl.yaml:5:1 unknown key 'protected' (known here: brokers, connect_url, contexts, database, default_context, "
        "finalize_after, guard_recent, "
        "kafka_cluster_id, kafka_properties, output, postgres_system_id, quiet_for, timeout) | mykartctl.yaml:1:1 | ");
}

TEST_CASE("a protected context cannot be the default") {
  CHECK(Shop{}.file("default_context: prod\ncontexts: {prod: {protected: true}}\n").refusal(Code::config) ==
        "'prod' is protected and must be named each time |  | mykartctl.yaml:1:18 | name another default");
  CHECK(Shop{}.file("default_context: x\n").refusal(Code::config) == "there is no context 'x' |  | mykartctl.yaml:1:18 | ");
}

TEST_CASE("a variable of the tool that means nothing is warned of") {
  const auto s = Shop{}.variable("SHOP_BROKER", "x").variable("SHOP_PROJECT", ".").variable("SHOPPING", "x").resolve();
  CHECK(s.warnings == std::vector<std::string>{"the variable SHOP_BROKER means nothing here, did you mean SHOP_BROKERS?"});
}

TEST_CASE("properties of librdkafka are merged key by key") {
  const auto s =
      Shop{}
          .file("kafka_properties: {client.id: a, linger.ms: 5}\ndefault_context: c\ncontexts: {c: {kafka_properties: {client.id: b}}}\n")
          .flag("kafka-property", "socket.keepalive.enable=true")
          .flag("kafka-property", "group.id=x=y")
          .resolve();
  CHECK(s.kafka_properties == std::map<std::string, std::string>{
                                  {"client.id", "b"}, {"linger.ms", "5"}, {"socket.keepalive.enable", "true"}, {"group.id", "x=y"}});
  CHECK(Shop{}.flag("kafka-property", "x").refusal(Code::usage).find("--kafka-property needs KEY=VALUE") == 0);
  CHECK(Shop{}.flag("kafka-property", "bootstrap.servers=x").refusal(Code::usage).find("is the setting 'brokers'") != std::string::npos);
}

TEST_CASE("config show tells every value, with its origin if asked") {
  const auto s = Shop{}.file(two_contexts).variable("SHOP_OUTPUT", "wide").flag("timeout", "5m").resolve();
  CHECK(text_of(report(s, true)) ==
        "KEY|VALUE|ORIGIN\n"
        "context|local|mykartctl.yaml:1:18\n"
        "brokers|localhost:9092|mykartctl.yaml:4:22\n"
        "database|postgresql://admin@localhost/shop|mykartctl.yaml:4:48\n"
        "connect_url|http://localhost:8083|mykartctl.yaml:4:96\n"
        "protected|false|default\n"
        "quiet_for|2s|mykartctl.yaml:4:130\n"
        "guard_recent|1h|default\n"
        "finalize_after|0ms|default\n"
        "timeout|5m|flag --timeout\n"
        "output|wide|SHOP_OUTPUT\n");
  CHECK(text_of(report(s, false)).find("|mykartctl.yaml") == std::string::npos);
  CHECK(report(s, false).data.find("settings")->list()->at(0).text_or("origin", "") == "mykartctl.yaml:1:18");
}
