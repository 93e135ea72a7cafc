#pragma once
#include "health/checks.hpp"

namespace ctl::health {

/// The parts of preflight, each adding its checks. They throw only when a server that they need does not answer.
void check_servers(std::vector<Check>& into, Sources&, const std::vector<std::string>& only, const Deadline&);
void check_rows(std::vector<Check>& into, Sources&, const Deadline&);  ///< reads all rows that are not moved yet
void check_data(std::vector<Check>& into, Sources&, std::string_view direction, const Deadline&);
/// Whether events can become rows again: what the tables would refuse, alter or have no ids for, and what is gone of the topics.
void check_way_back(std::vector<Check>& into, Sources&, std::string_view direction, std::uint64_t accept_loss, const Deadline&);

}  // namespace ctl::health
