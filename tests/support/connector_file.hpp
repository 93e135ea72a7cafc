#pragma once
#include <fstream>
#include <sstream>
#include <string>

#include "model/project.hpp"
#include "value/fields.hpp"

/// A connector file of the project, read without the manifest: {name, config}.
inline ctl::ConnectorSpec read_connector(const std::string& file) {
  std::ifstream in{std::string{PROJECT_DIR} + "/" + file};
  std::ostringstream text;
  text << in.rdbuf();
  const auto value = ctl::parse_json(text.str(), file);
  ctl::ConnectorSpec spec{.name = value.text_or("name", ""), .file = file, .at = {file, 1, 1}};
  for (const auto& member : *value.find("config")->map()) {
    spec.config[member.key] = ctl::scalar_text(member.value).value_or("");
    spec.key_at[member.key] = member.key_at;
  }
  return spec;
}

/// A small connector to change: shop, with two tables.
inline ctl::ConnectorSpec shop_connector() {
  return {.name = "shop",
          .file = "connectors/shop.json",
          .config = {{"connector.class", "io.debezium.connector.postgresql.PostgresConnector"},
                     {"database.dbname", "shop"},
                     {"database.user", "cdc"},
                     {"database.password", "${env:DBZ_PASSWORD}"},
                     {"slot.name", "shop_slot"},
                     {"publication.name", "shop_pub"},
                     {"topic.prefix", "shop.cdc"},
                     {"heartbeat.interval.ms", "1000"},
                     {"table.include.list", "public.orders,public.items"}}};
}
