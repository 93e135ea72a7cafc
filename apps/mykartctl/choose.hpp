#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/cluster.hpp"
#include "model/project.hpp"

namespace ctl::cli {

/// Those of `declared` that were named, in the order of `declared`; all of them when none was. Error{usage} with the nearest name for one
/// that is not declared; `what` is what they are ("topic").
[[nodiscard]] std::vector<std::string> chosen(const std::vector<std::string>& named, const std::vector<std::string>& declared,
                                              std::string_view what);

/// The event tables that were named by table or by topic; all without a name.
[[nodiscard]] std::vector<EventTable> chosen_tables(const std::vector<std::string>& named, const Project&);

/// What is there of each topic. Error{not_found} with the nearest name, as an argument of `command`, for one that does not exist.
[[nodiscard]] std::map<std::string, TopicState> existing(kafka::Cluster&, std::span<const std::string> topics, std::string_view command,
                                                         const Deadline&);

}  // namespace ctl::cli
