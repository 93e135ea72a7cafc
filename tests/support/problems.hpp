#pragma once
#include <string>

#include "value/problems.hpp"

/// "file:line:column what (hint)" of each, one a line.
inline std::string lines_of(const ctl::Problems& problems) {
  std::string lines;
  for (const auto& p : problems) lines += to_string(p.at) + " " + p.what + (p.hint.empty() ? "" : " (" + p.hint + ")") + "\n";
  return lines;
}
