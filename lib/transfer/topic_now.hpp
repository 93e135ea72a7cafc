#pragma once
#include <optional>
#include <string>

#include "transfer/topic_scan.hpp"

namespace ctl::transfer {

/// The topic as it is now. What is below `visible` can be read without waiting for a transaction to end.
struct TopicNow {
  Offsets starts{}, visible{}, ends{};
  std::optional<std::string> id{};  ///< nullopt: not known on this connection
};
/// Throws not_found, or what a partition's leader says.
[[nodiscard]] TopicNow topic_now(kafka::Cluster&, const std::string& topic, const Deadline&);
/// nullopt: nobody tells it.
[[nodiscard]] std::optional<std::string> topic_id(kafka::Cluster&, const std::string& topic, const Deadline&);

}  // namespace ctl::transfer
