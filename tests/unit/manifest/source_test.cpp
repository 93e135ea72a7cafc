#include <catch2/catch.hpp>

#include "project.hpp"

using namespace ctl;

TEST_CASE("what an event table needs is missed by name") {
  for (const auto* key : {"table: public.clicks", "id: click_id", "time: click_time", "time_zone: UTC", "key: product-{product}"}) {
    const std::string name{key, std::string{key}.find(':')};
    INFO(name);
    CHECK(wrong_with("      " + std::string{key} + "\n", "").find("'" + name + "' is missing") != std::string::npos);
  }
  const auto without_fields = replaced(
      good_topics,
      "      fields:\n        - {name: product_id, column: product}\n        - click_time\n        - {name: ip, column: null}\n", "");
  CHECK(wrong_with(without_fields).find("'fields' is missing (the members of the event, in their order)") != std::string::npos);
}

TEST_CASE("the key takes columns that fields declare") {
  CHECK(wrong_with("product-{product}", "product-{prodct}") ==
        "topics.yaml:23:12 the key takes 'prodct', which is the column of no field (did you mean 'product'?)\n");
  CHECK(wrong_with("product-{product}", "\"{product\"").find("the braces of '{product' do not match") != std::string::npos);
  CHECK(wrong_with("product-{product}", "\"product}\"").find("do not match") != std::string::npos);
  CHECK(wrong_with("product-{product}", "\"{{product}}\"").find("do not match") != std::string::npos);
  CHECK(wrong_with("product-{product}", "\"{product}-{click_time}\"").empty());
  CHECK(wrong_with("product-{product}", "page-hit").empty());
}

TEST_CASE("fields are names or a name and its column, each once") {
  CHECK(wrong_with("        - click_time", "        - click_time\n        - click_time") ==
        "topics.yaml:27:11 'click_time' is there twice (the first one is in line 26)\n");
  CHECK(wrong_with("        - click_time", "        - click_time\n        - {name: again, column: product}") ==
        "topics.yaml:27:11 'product' is there twice (the first one is in line 25)\n");
  CHECK(wrong_with("        - click_time", "        - click_time\n        - {nam: x}") ==
        "topics.yaml:27:11 'name' is missing\ntopics.yaml:27:12 unknown key 'nam' (did you mean 'name'?)\n");
  CHECK(wrong_with("        - click_time", "        - click_time\n        - 7")
            .find("a field is a name or {name: …, column: …}, found a number") != std::string::npos);
  CHECK(wrong_with("        - click_time", "        - click_time\n        - {name: x, column: \"A b\"}")
            .find("'A b' is no name of a column") != std::string::npos);
  CHECK(wrong_with("        - click_time", "        - click_time\n        - {name: other}").empty());
}

TEST_CASE("id and provenance are the tool's, and no field") {
  CHECK(wrong_with("        - click_time", "        - click_time\n        - event_id").find("mykartctl adds it") != std::string::npos);
  CHECK(wrong_with("        - click_time", "        - click_time\n        - click_id") ==
        "topics.yaml:27:11 the id travels in 'event_id' and in no field of its own (leave it out)\n");
  CHECK(wrong_with("      id: click_id", "      id: click_id\n      id_field: origin").empty());
}

TEST_CASE("the time column is in a field, its zone is named") {
  CHECK(wrong_with("      time: click_time", "      time: happened") ==
        "topics.yaml:21:13 no field holds the time column 'happened': rows could not be restored from events\n");
  for (const auto* zone : {"Europe/Berlin", "UTC", "Etc/GMT+3"})
    CHECK(wrong_with("time_zone: UTC", std::string{"time_zone: "} + zone).empty());
  for (const auto* zone : {"+02:00", "local time", "/etc/passwd"})
    CHECK(wrong_with("time_zone: UTC", std::string{"time_zone: \""} + zone + "\"").find("is no time zone") != std::string::npos);
}

TEST_CASE("the choices of an event table are few") {
  CHECK(wrong_with("time_zone: UTC", "time_zone: UTC\n      time_digits: 6\n      extra_fields: jsonb").empty());
  CHECK(wrong_with("time_zone: UTC", "time_zone: UTC\n      time_digits: 4").find("'time_digits' is 4, it should be 3 or 6") !=
        std::string::npos);
  CHECK(wrong_with("time_zone: UTC", "time_zone: UTC\n      time_digits: 9").find("it should be from 3 to 6") != std::string::npos);
  CHECK(wrong_with("time_zone: UTC", "time_zone: UTC\n      extra_fields: keep").find("it should be one of drop, jsonb") !=
        std::string::npos);
  CHECK(wrong_with("table: public.clicks", "table: a.b.c").find("'a.b.c' is no table (schema.table)") != std::string::npos);
}

TEST_CASE("a topic that takes rows is not compacted, wherever that is written") {
  const std::string words = "'shop.clicks' takes the rows of public.clicks, and cleanup.policy ";
  const auto in_family = wrong_with("config: {cleanup.policy: delete}", "config: {cleanup.policy: compact}");
  INFO(in_family);
  CHECK(in_family.find("topics.yaml:8:30") != std::string::npos);
  CHECK(in_family.find(words + "compact keeps only the last event of each key") != std::string::npos);
  const auto in_topic =
      wrong_with("    description: clicks\n", "    description: clicks\n    config: {cleanup.policy: 'delete, compact'}\n");
  INFO(in_topic);
  CHECK(in_topic.find("topics.yaml:16:30") != std::string::npos);
  CHECK(in_topic.find(words) != std::string::npos);
  const auto in_defaults =
      wrong_with(replaced(replaced(good_topics, "replication: 1}", "replication: 1, config: {cleanup.policy: compact}}"),
                          "    config: {cleanup.policy: delete}\n", ""));
  INFO(in_defaults);
  CHECK(in_defaults.find("topics.yaml:3:") != std::string::npos);
  CHECK(in_defaults.find(words) != std::string::npos);
}
