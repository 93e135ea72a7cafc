#include <fmt/format.h>

#include "manifest/readers.hpp"

namespace ctl::manifest {

ConnectorSpec read_connector(std::string_view text, const std::string& file, Problems& problems) {
  ConnectorSpec connector{.file = file, .at = {file, 1, 1}};
  const auto root = parse_json(text, file, problems);
  if (!root) return connector;
  Fields top{*root, problems};
  if (root->map() == nullptr) return connector;
  connector.name = top.text("name");
  connector.at = top.at("name");
  const auto* config = top.map_if("config");
  if (config == nullptr) {
    if (!top.has("config")) top.wrong("config", "missing-key", "'config' is missing", "Connect's own form: {\"name\": …, \"config\": {…}}");
    return connector;
  }
  for (const auto& [key, value, key_at] : *config->map()) {
    const auto scalar = scalar_text(value);
    if (!scalar) {
      problems.push_back({.what = fmt::format("'{}' is {}, Connect stores text", key, kind_of(value)),
                          .at = value.at(),
                          .hint = {},
                          .rule = "wrong-type"});
      continue;
    }
    if (key == "name") {  // Connect adds it itself
      if (*scalar != connector.name)
        problems.push_back({.what = fmt::format("the config is named '{}', the connector '{}'", *scalar, connector.name),
                            .at = value.at(),
                            .hint = "leave it out of the config",
                            .rule = "connector-name"});
      continue;
    }
    connector.config[key] = *scalar;
    connector.key_at[key] = key_at;
  }
  if (!connector.config.contains("connector.class"))
    problems.push_back({.what = "'connector.class' is missing", .at = config->at(), .hint = {}, .rule = "missing-key"});
  return connector;
}

}  // namespace ctl::manifest
