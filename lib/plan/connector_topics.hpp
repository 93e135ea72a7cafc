#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/project.hpp"

namespace ctl::plan {

/// The topic that a captured table's changes arrive on: topic.prefix, the naming strategy, then the chain of transforms. nullopt where one
/// of them is not known to us (a strategy of one's own, a predicate, a regular expression that is more than literals, classes and groups).
[[nodiscard]] std::optional<std::string> topic_of(const ConnectorSpec&, const TableName&);

/// Where heartbeats go; "" when there are none. Debezium blocks for good, without a word, while this topic does not exist.
[[nodiscard]] std::string heartbeat_topic(const ConnectorSpec&);

/// RegexRouter's rule (java.util.regex, whole name): the name after it, the name itself where the pattern does not match, nullopt for a
/// pattern that is beyond us.
[[nodiscard]] std::optional<std::string> route(std::string_view pattern, std::string_view replacement, const std::string& name);

}  // namespace ctl::plan
