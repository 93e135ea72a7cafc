#pragma once
#include <string>
#include <string_view>

#include "model/step.hpp"

namespace ctl::plan {

/// What a change of one topic config does to records that are there, or to those who write them.
struct Danger {
  Risk risk{Risk::safe};
  std::string why{};  ///< "" when safe
};
[[nodiscard]] Danger danger(std::string_view key, std::string_view before, std::string_view after);

/// "retention 7d" for retention.ms=604800000, else "key value".
[[nodiscard]] std::string spoken(std::string_view key);
[[nodiscard]] std::string spoken(std::string_view key, std::string_view value);

}  // namespace ctl::plan
