#include <catch2/catch.hpp>

#include <algorithm>

#include "given.hpp"
#include "settings/credentials.hpp"
#include "support/report_text.hpp"

using namespace ctl;
using namespace ctl::settings;

TEST_CASE("a password leaves the address of the database, wherever it stood in it") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"postgresql://admin:p%40ss@db:5432/shop?sslmode=require", "postgresql://admin@db:5432/shop?sslmode=require"},
      {"postgresql://db/shop?password=p%40ss&user=admin", "postgresql://db/shop?user=admin"},
      {"postgresql://db/shop?password=p%40ss", "postgresql://db/shop"},
      {"host=db password='p@ss' user=admin", "host=db user=admin"},
      {"host = db password = p@ss options='-c x=1'", "host=db options='-c x=1'"}};
  for (const auto& [conninfo, address] : cases) {
    INFO(conninfo);
    CHECK(split_conninfo(conninfo).address == address);
    CHECK(split_conninfo(conninfo).password.reveal() == "p@ss");
  }
  CHECK(split_conninfo("host=db password='it\\'s \\\\'").password.reveal() == "it's \\");
  CHECK(split_conninfo("postgresql://admin@db/a@b").address == "postgresql://admin@db/a@b");
  CHECK(split_conninfo("postgresql://admin@db/a@b").password.empty());
  CHECK(split_conninfo("host=db user=admin").address == "host=db user=admin");
}

TEST_CASE("user and password leave the address of Connect") {
  const auto url = split_url("https://ops:s%3Acret@connect:8083/");
  CHECK(url.address == "https://connect:8083");
  CHECK(url.user == "ops");
  CHECK(url.password.reveal() == "s:cret");
  CHECK(split_url("http://connect:8083/base").address == "http://connect:8083/base");
}

TEST_CASE("a password on the command line is refused, and not repeated") {
  const auto refusal = Shop{}.flag("database", "postgresql://admin:hunter22@db/shop").refusal(Code::usage);
  CHECK(refusal == "--database holds a password, and everybody on this machine can read command lines |  |  | put it into ~/.pgpass");
  CHECK(Shop{}.flag("connect-url", "http://ops:hunter22@c:8083").refusal(Code::usage).find("put it into SHOP_CONNECT_URL") !=
        std::string::npos);
  const auto property = Shop{}.flag("kafka-property", "sasl.password=hunter22").refusal(Code::usage);
  CHECK(property.find("hunter22") == std::string::npos);
  CHECK(property.find("kafka_properties: {sasl.password: \"${mykartctl:env:NAME}\"}") != std::string::npos);
}

TEST_CASE("secrets from variables and references reach their clients, and nothing that is shown") {
  Shop shop;
  shop.folder.file("secrets/connect", "hunter33\n");
  shop.file(
          "connect_url: \"http://ops:${mykartctl:file:secrets/connect}@c:8083\"\nkafka_properties:\n  sasl.username: ops\n  sasl.password: "
          "${mykartctl:env:KP}\n")
      .variable("SHOP_DATABASE", "postgresql://admin:hunter22@db/shop")
      .variable("KP", "hunter44");
  const auto s = shop.resolve();
  CHECK(s.database.value == "postgresql://admin@db/shop");
  CHECK(s.database_password.reveal() == "hunter22");
  CHECK(s.connect_url.value == "http://c:8083");
  CHECK(s.connect_user == "ops");
  CHECK(s.connect_password.reveal() == "hunter33");
  CHECK(s.kafka_properties == std::map<std::string, std::string>{{"sasl.username", "ops"}});
  CHECK(s.kafka_secrets.at("sasl.password").reveal() == "hunter44");
  CHECK(s.warnings.empty());
  const auto shown = text_of(report(s, true)) + to_json(report(s, true).data);
  CHECK(shown.find("hunter") == std::string::npos);
  CHECK(shown.find("database password|***|SHOP_DATABASE") != std::string::npos);
  CHECK(shown.find("kafka_properties.sasl.password|***|mykartctl.yaml:4:18") != std::string::npos);
  CHECK(shown.find(R"({"key":"kafka_properties.sasl.password","value":null,"origin":"mykartctl.yaml:4:18","sensitive":true})") !=
        std::string::npos);
  for (const auto* secret : {"hunter22", "hunter33", "hunter44"})
    CHECK(std::any_of(s.secrets.begin(), s.secrets.end(), [&](const Secret& hidden) { return hidden.reveal() == secret; }));
}

TEST_CASE("a password in clear in the file is warned of") {
  const auto s = Shop{}.file("database: postgresql://admin:hunter22@db/shop\nkafka_properties: {ssl.key.password: x}\n").resolve();
  REQUIRE(s.warnings.size() == 2);
  CHECK(s.warnings[0] == "mykartctl.yaml:1:11 holds a password in clear: put it into ~/.pgpass, or write ${mykartctl:env:NAME}");
  CHECK(s.warnings[1].find("mykartctl.yaml:2:38 holds a secret in clear") == 0);
}

TEST_CASE("a reference that leads nowhere is an error with its place") {
  CHECK(Shop{}.file("brokers: ${mykartctl:env:NONE}\n").refusal(Code::config) ==
        "the variable NONE is not set |  | mykartctl.yaml:1:10 | export NONE=…");
  CHECK(Shop{}.file("brokers: ${mykartctl:file:/none/x}\n").refusal(Code::config) ==
        "there is no file /none/x |  | mykartctl.yaml:1:10 | ");
  CHECK(Shop{}.file("brokers: ${mykartctl:vault:x}\n").refusal(Code::config).find("this reference cannot be read: ${mykartctl:vault:x") ==
        0);
  CHECK(Shop{}.file("brokers: ${mykartctl:env:x\n").refusal(Code::config).find("this reference cannot be read: ${mykartctl:env:x") == 0);
}

TEST_CASE("references of others pass") {
  const auto expanded = expand("a ${env:X} ${mykartctl:env:Y} ${file:/x:y}", {{"Y", "secret"}}, "", "here");
  CHECK(expanded.text == "a ${env:X} secret ${file:/x:y}");
  REQUIRE(expanded.secrets.size() == 1);
  CHECK(expanded.secrets[0].reveal() == "secret");
}
