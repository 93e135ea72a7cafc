#pragma once
#include <string>
#include <vector>

#include "health/sources.hpp"
#include "value/report.hpp"

namespace ctl::health {

/// The answer of `status` while it is put together, block by block.
struct Answer {
  Report report{};
  Value problems{Value::List{}};
  std::vector<Cell> problem_lines{};
  bool good{true};
  void unknown(std::string path, const Error& why);
  void problem(std::string rule, std::string resource, std::string message, std::string todo, bool is_error);
};

void say_servers(Answer&, Sources&, const Deadline&);
void say_application(Answer&, Sources&, const Deadline&);
void say_topics(Answer&, Sources&, const Deadline&);
void say_connectors(Answer&, Sources&, const Deadline&);
void say_groups(Answer&, Sources&, const Deadline&);  ///< those that read declared topics; that one is behind is a warning

}  // namespace ctl::health
