#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "value/problems.hpp"

namespace ctl::settings {

/// mykartctl.yaml as it is written: values of the right kind, not yet chosen from. Private to this room.
struct Written {
  std::string text{};
  Position at{};
};
struct Layer {
  std::map<std::string, Written, std::less<>> values{};      ///< by key of the table
  std::map<std::string, Written, std::less<>> properties{};  ///< kafka_properties
};
struct ContextFile {
  Layer top{};
  std::map<std::string, Layer, std::less<>> contexts{};
  std::optional<Written> default_context{};
};
[[nodiscard]] ContextFile read_context_file(std::string_view text, const std::string& name, Problems&);

}  // namespace ctl::settings
