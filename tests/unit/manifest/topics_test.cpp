#include <catch2/catch.hpp>

#include "project.hpp"

using namespace ctl;

TEST_CASE("topics have what they say, then their family, then the defaults") {
  Folder folder;
  folder.file("topics.yaml", good_topics);
  const auto project = manifest::load(folder.path());
  REQUIRE(project.topics.size() == 2);
  const auto& cdc = project.topics[0];
  CHECK(cdc.name == "debezium.shop.products");
  CHECK(cdc.family == "cdc");
  CHECK(cdc.partitions == 1);
  CHECK(cdc.replication == 1);
  CHECK(cdc.config == Config{{"retention.ms", "-1"}});
  CHECK(cdc.captures == "public.products");
  const auto& clicks = project.topics[1];
  CHECK(clicks.family == "application");
  CHECK(clicks.partitions == 3);
  CHECK(clicks.config == Config{{"cleanup.policy", "delete"}, {"retention.ms", "604800000"}});
  CHECK(clicks.consumers == std::vector<std::string>{"search", "billing"});
  CHECK(to_string(clicks.at) == "topics.yaml:14:3");
  CHECK(project.retired_schema == "retired");
  CHECK(project.core_tables() == std::vector<TableName>{{"public", "products"}});
}

TEST_CASE("an event table has its columns, its members in order and those without a column") {
  Folder folder;
  folder.file("topics.yaml", good_topics);
  const auto project = manifest::load(folder.path());
  const auto* table = project.table_of("shop.clicks");
  REQUIRE(table != nullptr);
  CHECK(to_string(table->table) == "public.clicks");
  CHECK(table->id_column == "click_id");
  CHECK(table->time_column == "click_time");
  CHECK(table->time_zone == "UTC");
  CHECK(table->time_digits == 3);
  CHECK(table->key_template == "product-{product}");
  CHECK(table->extra_fields == EventTable::Extra::drop);
  CHECK(table->id_field == "event_id");
  REQUIRE(table->fields.size() == 3);
  CHECK(table->fields[0].name + "=" + table->fields[0].column == "product_id=product");
  CHECK(table->fields[1].name + "=" + table->fields[1].column == "click_time=click_time");
  CHECK(table->fields[2].name + "=" + table->fields[2].column == "ip=");
  CHECK(to_string(table->fields[2].at) == "topics.yaml:27:11");
}

TEST_CASE("the good manifest has nothing wrong with it") { CHECK(wrong_with(good_topics).empty()); }

TEST_CASE("a topic's own words beat its family's") {
  Folder folder;
  folder.file("topics.yaml", replaced(good_topics, "    captures:",
                                      "    partitions: 6\n    retention: 12h\n    config: {cleanup.policy: compact}\n    captures:"));
  const auto project = manifest::load(folder.path());
  CHECK(project.topics[0].partitions == 6);
  CHECK(project.topics[0].config == Config{{"cleanup.policy", "compact"}, {"retention.ms", "43200000"}});
}

TEST_CASE("all problems are told at once, each with its place and what to write") {
  Folder folder;
  folder.file("topics.yaml", R"(version: 1
familes: {}
families:
  application: {pattern: shop.*, retension: 7d}
topics:
  shop.clicks: {description: clicks, owner: yes, partitions: three}
  orders: {owner: web, partitions: 1, replication: 1, description: o}
)");
  try {
    (void)manifest::load(folder.path());
    FAIL("accepted");
  } catch (const Error& e) {
    CHECK(e.code() == Code::manifest);
    CHECK(std::string{e.what()} == "topics.yaml has 6 problems");
    CHECK(e.text().where == "topics.yaml:2:1");
    CHECK(e.text().cause ==
          "topics.yaml:2:1 unknown key 'familes' (did you mean 'families'?)\n"
          "topics.yaml:4:34 unknown key 'retension' (did you mean 'retention'?)\n"
          "topics.yaml:6:3 'replication' is missing for 'shop.clicks' (here, in its family or in defaults)\n"
          "topics.yaml:6:45 'yes' is ambiguous (write true, or \"yes\" for the text)\n"
          "topics.yaml:6:62 'partitions' is text, it should be a whole number\n"
          "topics.yaml:7:3 the name 'orders' has the pattern of no family (patterns: shop.* (application))");
  }
}

TEST_CASE("a topic belongs to exactly one family, and to the one of its name") {
  CHECK(wrong_with("  shop.clicks:", "  clicks:") ==
        "topics.yaml:14:3 the name 'clicks' has the pattern of no family (patterns: shop.* (application), debezium.shop.* (cdc))\n");
  CHECK(wrong_with("    owner: web", "    owner: web\n    family: cdc") ==
        "topics.yaml:17:13 by its name 'shop.clicks' is of family application, not of cdc (cdc is for debezium.shop.*)\n");
  CHECK(wrong_with("    owner: web", "    owner: web\n    family: aplication") ==
        "topics.yaml:17:13 'family' is 'aplication', it should be one of application, cdc (did you mean 'application'?)\n");
  CHECK(wrong_with("pattern: shop.*", "pattern: \"*.*\"") ==
        "topics.yaml:28:3 the name 'debezium.shop.products' has the patterns of application and cdc (say which with 'family')\n");
  CHECK(wrong_with(replaced(replaced(good_topics, "pattern: shop.*", "pattern: \"*.*\""), "owner: data", "owner: data\n    family: cdc"))
            .empty());
  CHECK(wrong_with("pattern: shop.*", "pattern: shop/*").find("'shop/*' is no pattern of topic names") != std::string::npos);
}

TEST_CASE("names that Kafka would refuse are refused") {
  CHECK(wrong_with("  shop.clicks:", "  shop.cli cks:")
            .find("topics.yaml:14:3 Kafka takes no topic named 'shop.cli cks': only letters, digits, . _ and - are allowed") == 0);
  CHECK(wrong_with("  shop.clicks:", "  shop." + std::string(250, 'x') + ":").find("it has 255 characters, 249 are the most") !=
        std::string::npos);
  CHECK(wrong_with(good_topics + "  shop.a_b: {description: d, owner: o}\n  shop.a.b: {description: d, owner: o}\n") ==
        "topics.yaml:32:3 'shop.a.b' and 'shop.a_b' are one name to Kafka's metrics, it refuses the second (the names differ only in . and "
        "_)\n");
}

TEST_CASE("config and retention are what Kafka takes") {
  CHECK(wrong_with("retention: 7d", "retention: 7").find("'retention' is '7', it should be a duration (with its unit: 7ms, 7s, 7d)") !=
        std::string::npos);
  CHECK(wrong_with("retention: 7d", "retention: \"-1\"").empty());
  CHECK(wrong_with("{cleanup.policy: delete}", "{cleanup.policy: delete, retention.ms: 5}") ==
        "topics.yaml:8:38 'retention.ms' and 'retention' say the same thing twice (keep retention)\n");
  CHECK(wrong_with("{cleanup.policy: delete}", "{cleanup.polcy: delete}") ==
        "topics.yaml:8:14 'cleanup.polcy' is no topic config of Kafka (did you mean 'cleanup.policy'?)\n");
  CHECK(wrong_with("{cleanup.policy: delete}", "{cleanup.policy: [delete]}")
            .find("'cleanup.policy' is a list, it should be text or a number") != std::string::npos);
  CHECK(wrong_with("{cleanup.policy: delete}", "{min.insync.replicas: 2}")
            .find("has replication 1 and min.insync.replicas 2: nobody could write to it") != std::string::npos);
  CHECK(wrong_with("partitions: 3", "partitions: 0").find("'partitions' is 0, it should be from 1 to 10000") != std::string::npos);
}

TEST_CASE("a topic's events have one origin, and a table has one topic") {
  CHECK(wrong_with("captures: public.products", "captures: public.products\n    expect: empty")
            .find("has more than one of source, captures and expect") != std::string::npos);
  CHECK(wrong_with("captures: public.products", "captures: public.clicks") ==
        "topics.yaml:28:3 public.clicks is moved to 'shop.clicks' and captured to 'debezium.shop.products' (a table has one topic)\n");
  CHECK(wrong_with(good_topics + "  debezium.shop.more: {description: d, owner: o, captures: products}\n")
            .find("public.products is captured to 'debezium.shop.more' as well") != std::string::npos);
  CHECK(wrong_with("captures: public.products", "expect: nothing").find("'expect' is 'nothing', it should be one of empty") !=
        std::string::npos);
  CHECK(wrong_with("captures: public.products", "captures: public.pro ducts")
            .find("'public.pro ducts' is no table (schema.table, in quotes where SQL needs them)") != std::string::npos);
  CHECK(wrong_with("captures: public.products", "expect: empty").empty());
}

TEST_CASE("the schema of retired tables is one of their own") {
  CHECK(wrong_with("retired_schema: retired\n", "") == "topics.yaml:1:1 'retired_schema' is missing\n");
  CHECK(wrong_with("retired_schema: retired", "retired_schema: public")
            .find("topics.yaml:2:17 retired tables cannot live in 'public', it is in use") == 0);
  CHECK(wrong_with("retired_schema: retired", "retired_schema: mykartctl").find("it is in use") != std::string::npos);
  CHECK(wrong_with("retired_schema: retired", "retired_schema: Old").find("'Old' is no name of a schema") != std::string::npos);
}

TEST_CASE("a file that is no manifest at all is one problem, or those of an empty one") {
  CHECK(wrong_with("a: [1").find("not YAML") != std::string::npos);
  CHECK(wrong_with("[]") == "topics.yaml:1:1 a map of keys and values is expected here, found a list\n");
  CHECK(wrong_with("") == "topics.yaml:1:1 a map of keys and values is expected here, found nothing\n");
  CHECK(wrong_with("version: 2\n") ==
        "topics.yaml:1:1 'families' is missing\ntopics.yaml:1:1 'topics' is missing\ntopics.yaml:1:10 'version' is 2, it should be from 1 "
        "to 1\n");
}
