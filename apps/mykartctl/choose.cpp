#include "choose.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"

namespace ctl::cli {
namespace {

bool among(const std::vector<std::string>& all, const std::string& name) { return std::find(all.begin(), all.end(), name) != all.end(); }

}  // namespace

std::vector<std::string> chosen(const std::vector<std::string>& named, const std::vector<std::string>& declared, std::string_view what) {
  for (const auto& name : named) {
    if (among(declared, name)) continue;
    const auto near = nearest(name, declared);
    throw Error{Code::usage,
                {.what = fmt::format("no {} {} is declared", what, name), .hint = near ? *near : "declared are: " + join(declared, ", ")}};
  }
  if (named.empty()) return declared;
  std::vector<std::string> some;
  std::copy_if(declared.begin(), declared.end(), std::back_inserter(some), [&](const std::string& name) { return among(named, name); });
  return some;
}

}  // namespace ctl::cli
