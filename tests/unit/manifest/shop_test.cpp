#include <catch2/catch.hpp>

#include "manifest/manifest.hpp"
#include "support/problems.hpp"

using namespace ctl;

namespace {

std::string fields_of(const EventTable& table) {
  std::string text;
  for (const auto& field : table.fields)
    text += (text.empty() ? "" : " ") + field.name +
            (field.column.empty()         ? "(none)"
             : field.column == field.name ? ""
                                          : "=" + field.column);
  return text;
}

}  // namespace

TEST_CASE("the repository's own files have nothing wrong with them") { CHECK(lines_of(manifest::check(PROJECT_DIR).problems).empty()); }

TEST_CASE("the repository declares the eight topics of the shop") {
  const auto project = manifest::load(PROJECT_DIR);
  std::string topics;
  for (const auto& topic : project.topics)
    topics += topic.name + " " + topic.family + (topic.expect_empty ? " empty" : "") +
              (topic.captures.empty() ? "" : " " + topic.captures) + "\n";
  CHECK(topics ==
        "debezium.mykart.db.history cdc empty\n"
        "debezium.mykart.order_line_items cdc public.order_line_items\n"
        "debezium.mykart.orders cdc public.orders\n"
        "debezium.mykart.products cdc public.products\n"
        "mykart.cart-events application\n"
        "mykart.clicks application\n"
        "mykart.impressions application\n"
        "mykart.page-hits application\n");
  CHECK(project.retired_schema == "mykart_retired");
  for (const auto& topic : project.topics)
    if (topic.family == "application") CHECK(topic.config == Config{{"cleanup.policy", "delete"}, {"retention.ms", "604800000"}});
}

TEST_CASE("the repository's event tables make events in the shop's own form") {
  const auto project = manifest::load(PROJECT_DIR);
  std::string tables;
  for (const auto& t : project.tables)
    tables += to_string(t.table) + " " + t.id_column + " " + t.time_column + " " + t.time_zone + " " + t.key_template + ": " +
              fields_of(t) + "\n";
  CHECK(tables ==
        "public.cart_events cart_event_id event_timestamp UTC product-{product_id}: product_id quantity event_type event_timestamp "
        "user_agent(none) ip(none)\n"
        "public.clicks click_id click_timestamp UTC product-{product_id}: product_id click_timestamp user_agent(none) ip(none)\n"
        "public.impressions impression_id impression_timestamp UTC product-{product_id}: product_id impression_timestamp user_agent(none) "
        "ip(none)\n"
        "public.page_hits hit_id hit_timestamp UTC page-hit: page_name hit_timestamp user_agent(none) ip(none)\n");
}
