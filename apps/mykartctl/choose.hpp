#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ctl::cli {

/// Those of `declared` that were named, in the order of `declared`; all of them when none was. Error{usage} with the nearest name for one
/// that is not declared; `what` is what they are ("topic").
[[nodiscard]] std::vector<std::string> chosen(const std::vector<std::string>& named, const std::vector<std::string>& declared,
                                              std::string_view what);

}  // namespace ctl::cli
