#pragma once
#include <string>
#include <string_view>

/// What names may look like. Private to this room.
namespace ctl::manifest {

/// Why Kafka would refuse a topic of this name (org.apache.kafka.common.internals.Topic); "" if it would not.
[[nodiscard]] std::string illegal_name(std::string_view topic);
[[nodiscard]] bool is_pattern(std::string_view pattern);
/// '*' is one or more characters of a topic's name.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view topic);
/// A name that SQL takes without quotes: lower-case letters, digits and _, at most 63.
[[nodiscard]] bool is_identifier(std::string_view name);
/// identifier or identifier.identifier
[[nodiscard]] bool is_table_name(std::string_view name);
/// As above, with letters of both cases and, in double quotes, any name: "my.schema"."Orders". Taken as it is written.
[[nodiscard]] bool is_captured_name(std::string_view name);

}  // namespace ctl::manifest
