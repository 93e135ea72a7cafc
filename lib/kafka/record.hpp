#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "kafka/cluster.hpp"

namespace ctl::kafka {

struct Header {
  std::string_view name{};
  std::optional<std::string_view> value{};
};

/// A record to be written; nothing in it is owned.
struct Outgoing {
  std::string_view topic{};
  std::optional<int> partition{};                  ///< none: where the key leads
  std::optional<std::string_view> key{}, value{};  ///< null is not empty
  std::span<const Header> headers{};
  Millis time{};  ///< the event's own: milliseconds since 1970, 0 means now (librdkafka's rule)
};

}  // namespace ctl::kafka
