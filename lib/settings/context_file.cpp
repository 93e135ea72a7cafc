#include "settings/context_file.hpp"

#include <fmt/format.h>

#include "settings/settings.hpp"
#include "value/fields.hpp"

namespace ctl::settings {
namespace {

void read_properties(const Value& map, Layer& layer, Problems& problems) {
  for (const auto& member : *map.map()) {
    const auto text = scalar_text(member.value);
    if (!text)
      problems.push_back({.what = fmt::format("'{}' is {}, it should be text or a number", member.key, kind_of(member.value)),
                          .at = member.value.at(),
                          .hint = {},
                          .rule = "wrong-type"});
    layer.properties[member.key] = {text.value_or(""), member.value.at()};
  }
}

Layer read_layer(Fields& fields, Key::Place place, Problems& problems) {
  Layer layer;
  for (const auto& key : keys()) {
    if ((key.places & place) == 0) continue;
    if (key.kind == Key::Kind::properties) {
      if (const auto* map = fields.map_if(key.name)) read_properties(*map, layer, problems);
      continue;
    }
    std::optional<std::string> text;
    if (key.kind == Key::Kind::duration) {
      if (fields.duration_if(key.name)) text = fields.scalar_if(key.name);
    } else if (key.kind == Key::Kind::boolean) {
      if (fields.boolean_if(key.name)) text = fields.scalar_if(key.name);
    } else {
      text = fields.scalar_if(key.name);  // an identity of digits alone needs no quotes
      if (text && text->empty()) fields.wrong(key.name, "empty", fmt::format("'{}' is empty", key.name));
    }
    if (text) layer.values[std::string{key.name}] = {*text, fields.at(key.name)};
  }
  return layer;
}

}  // namespace

ContextFile read_context_file(std::string_view text, const std::string& name, Problems& problems) {
  ContextFile file;
  const auto root = parse_yaml(text, name, problems);
  if (!root || root->is_null()) return file;
  Fields top{*root, problems};
  file.top = read_layer(top, Key::at_top, problems);
  if (const auto* contexts = top.map_if("contexts"))
    for (const auto& member : *contexts->map()) {
      Fields fields{member.value, problems};
      file.contexts[member.key] = read_layer(fields, Key::in_context, problems);
    }
  if (const auto standard = top.text_if("default_context")) {
    file.default_context = Written{*standard, top.at("default_context")};
    const auto found = file.contexts.find(*standard);
    if (found == file.contexts.end()) {
      top.wrong("default_context", "unknown-context", fmt::format("there is no context '{}'", *standard));
    } else if (const auto guard = found->second.values.find("protected");
               guard != found->second.values.end() && guard->second.text == "true") {
      top.wrong("default_context", "protected-default", fmt::format("'{}' is protected and must be named each time", *standard),
                "name another default");
    }
  }
  return file;
}

}  // namespace ctl::settings
