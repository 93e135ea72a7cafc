#include <algorithm>
#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_lint.hpp"
#include "support/connector_file.hpp"

using namespace ctl;
using plan::Finding;

namespace {

std::vector<TopicSpec> declared() {
  std::vector<TopicSpec> topics;
  for (const std::string table : {"products", "orders", "order_line_items"}) {
    TopicSpec topic;
    topic.name = "debezium.mykart." + table;
    topic.captures = "public." + table;
    topics.push_back(std::move(topic));
  }
  return topics;
}

/// The shipped file with some keys changed; "" removes one.
ConnectorSpec shipped(const Config& changes = {}) {
  auto spec = read_connector("connectors/mykart-postgres-connector.json");
  for (const auto& [key, value] : changes)
    if (value.empty())
      spec.config.erase(key);
    else
      spec.config[key] = value;
  return spec;
}

const Finding* find(const std::vector<Finding>& findings, std::string_view rule) {
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.rule == rule; });
  return found == findings.end() ? nullptr : &*found;
}

std::string fix_of(const ConnectorSpec& spec, std::string_view rule, const std::string& version = {}) {
  const auto findings = plan::lint(spec, {.plugin_version = version});
  const auto* found = find(findings, rule);
  return found == nullptr ? "nothing found" : found->fix;
}

}  // namespace

TEST_CASE("the shipped connector has no finding") {
  const auto topics = declared();
  for (const auto& f : plan::lint(shipped(), {.declared = topics, .plugin_version = "3.6.1.Final"})) FAIL_CHECK(f.key << ": " << f.message);
}

TEST_CASE("the guide's old connector is refused with every finding and the line to write") {
  const auto topics = declared();
  const auto old = read_connector("tests/data/connectors/old-mykart.json");
  const auto findings = plan::lint(old, {.declared = topics, .plugin_version = "3.6.1.Final"});
  std::vector<std::pair<std::string, std::string>> errors;
  for (const auto& f : findings) {
    CHECK_FALSE(f.fix.empty());
    if (f.severity == Severity::error && (errors.empty() || errors.back().first != f.key)) errors.emplace_back(f.key, f.fix);
  }
  CHECK(errors == std::vector<std::pair<std::string, std::string>>{
                      {"database.history.kafka.bootstrap.servers", "remove the line"},
                      {"database.history.kafka.topic", "remove the line"},
                      {"database.password", R"("database.password": "${env:DBZ_PASSWORD}")"},
                      {"decimal.handling.mode", R"("decimal.handling.mode": "string")"},
                      {"heartbeat.interval.ms", R"("heartbeat.interval.ms": "5000")"},
                      {"plugin.name", R"("plugin.name": "pgoutput")"},
                      {"publication.autocreate.mode", R"("publication.autocreate.mode": "disabled")"},
                      {"topic.creation.enable", "remove the line"},
                      {"topic.naming.strategy", R"("topic.naming.strategy": "io.debezium.schema.DefaultTopicNamingStrategy")"},
                  });
  try {
    fail(plan::problems(old, findings));
  } catch (const Error& e) {
    CHECK(e.code() == Code::manifest);
    CHECK_THAT(e.text().cause, Catch::Contains("old-mykart.json:9:5 database.password"));
    CHECK_THAT(e.text().cause, !Catch::Contains("debezium_password"));
  }
}

TEST_CASE("a reference is no secret in clear, wherever the worker gets it from") {
  CHECK(fix_of(shipped({{"database.password", "${file:/run/secrets:dbz}"}}), "secret-in-clear") == "nothing found");
  CHECK(fix_of(shipped({{"database.password", "hunter2"}}), "secret-in-clear") == R"("database.password": "${env:DBZ_PASSWORD}")");
  CHECK(fix_of(shipped({{"driver.sslpassword", "x"}}), "secret-in-clear") == R"("driver.sslpassword": "${env:DRIVER_SSLPASSWORD}")");
  const auto shown = plan::lint(shipped({{"database.password", "${mykartctl:env:DBZ_PASSWORD}"}}), {});
  REQUIRE(find(shown, "secret-in-clear") != nullptr);
  CHECK(find(shown, "secret-in-clear")->severity == Severity::warning);
}

TEST_CASE("a rule holds for the plugin versions it is true of") {
  const auto threads = shipped({{"snapshot.max.threads", "4"}});
  CHECK(fix_of(threads, "torn-snapshot", "3.6.1.Final") == "remove the line");
  CHECK(fix_of(threads, "torn-snapshot") == "remove the line");
  CHECK(fix_of(threads, "torn-snapshot", "3.7.0.Final") == "nothing found");
  const auto gap = shipped({{"offset.mismatch.strategy", ""}});
  CHECK(fix_of(gap, "silent-gap", "3.3.0.Final") == "nothing found");
  CHECK(fix_of(gap, "silent-gap", "3.6.1.Final") == R"("offset.mismatch.strategy": "trust_offset")");
}

TEST_CASE("a misspelt key is told with the one that was meant, and one's own names are left alone") {
  CHECK(fix_of(shipped({{"decimal.handling.mod", "string"}}), "unknown-key") == R"("decimal.handling.mode": "string")");
  CHECK(plan::misspelt("transforms.rename.regex") == std::nullopt);
  CHECK(plan::misspelt("producer.override.linger.ms") == std::nullopt);
  CHECK(plan::misspelt("something.entirely.else") == std::nullopt);
}

TEST_CASE("names that Debezium writes unquoted into SQL must be plain") {
  for (const auto* name : {"Shop", "shop-cdc", "1shop"}) {
    INFO(name);
    CHECK(fix_of(shipped({{"publication.name", name}}), "bad-name") != "nothing found");
  }
  auto slash = shipped();
  slash.name = "shop/orders";
  CHECK(fix_of(slash, "bad-name") == R"("name": "shop-connector")");
  CHECK(fix_of(shipped({{"table.include.list", "public.*"}}), "bad-name") != "nothing found");
  CHECK(fix_of(shipped({{"table.include.list", "products"}}), "bad-name") != "nothing found");
}

TEST_CASE("two tables on one topic, and a topic that the manifest does not declare, are found") {
  CHECK(fix_of(shipped({{"table.include.list", "public.products,archive.products"}}), "shared-topic") != "nothing found");
  const auto topics = declared();
  const auto found = plan::lint(shipped({{"topic.naming.strategy", ""}}), {.declared = topics});
  REQUIRE(find(found, "topic-name") != nullptr);
  CHECK_THAT(find(found, "topic-name")->message, Catch::Contains("debezium.mykart.public.products"));
}

TEST_CASE("transforms that lose the table's name or change the key are found") {
  CHECK(fix_of(shipped({{"transforms", "r"},
                        {"transforms.r.type", "org.apache.kafka.connect.transforms.RegexRouter"},
                        {"transforms.r.regex", "a\\.(.*)"},
                        {"transforms.r.replacement", "b."}}),
               "lost-group") != "nothing found");
  CHECK(fix_of(shipped({{"transforms", "r"}, {"transforms.r.type", "io.debezium.transforms.ByLogicalTableRouter"}}), "key-changed") ==
        R"("transforms.r.key.enforce.uniqueness": "false")");
}

TEST_CASE("a slot or a topic prefix is of one connector only") {
  Project project;
  auto other = shipped({{"topic.prefix", "other"}});
  other.name = "second";
  project.connectors = {shipped(), other};
  const auto found = plan::lint(project);
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0].what, Catch::Contains("slot.name") && Catch::Contains("connector second has the same"));
  CHECK(found[0].at.line == 14);
  CHECK_THAT(found[1].what, Catch::Contains("connector mykart-postgres-debezium-connector has the same"));
}

TEST_CASE("another plugin's connector is judged by its secrets alone") {
  const ConnectorSpec sink{.name = "s",
                           .config = {{"connector.class", "com.example.Sink"}, {"connection.password", "x"}, {"tasks.max", "3"}}};
  const auto found = plan::lint(sink);
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "secret-in-clear");
}

TEST_CASE("versions are compared by number") {
  CHECK(plan::older("3.6.1.Final", "3.10"));
  CHECK_FALSE(plan::older("3.6.1.Final", "3.6.1"));
  CHECK_FALSE(plan::older("3.7.0.Alpha2", "3.6.2"));
  CHECK_FALSE(plan::older("", "3.6"));
}
