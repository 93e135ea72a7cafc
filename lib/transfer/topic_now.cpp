#include "transfer/topic_now.hpp"

#include <array>
#include <vector>

#include "core/error.hpp"

namespace ctl::transfer {

std::optional<std::string> topic_id(kafka::Cluster& cluster, const std::string& topic, const Deadline& until) {
  const auto found = cluster.topic_ids(std::array{topic}, until).at(topic);
  if (!found && found.error().code() == Code::not_found) throw Error{found.error()};
  return found ? std::optional{*found} : std::nullopt;
}

TopicNow topic_now(kafka::Cluster& cluster, const std::string& topic, const Deadline& until) {
  TopicNow now{.id = topic_id(cluster, topic, until)};
  const std::array<std::string, 1> one_config{"retention.ms"};  // what is looked for are the partitions
  const auto described = cluster.describe(std::array{topic}, one_config, until).at(topic);
  if (!described) throw Error{described.error()};
  std::vector<kafka::Partition> partitions;
  for (const auto& partition : described->partitions) partitions.push_back({topic, partition.id});
  for (const auto& [partition, bounds] : cluster.bounds(partitions, until)) {
    for (const auto* offset : {&bounds.start, &bounds.stable, &bounds.end})
      if (!*offset) throw Error{offset->error()};
    now.starts[partition.id] = *bounds.start;
    now.visible[partition.id] = *bounds.stable;
    now.ends[partition.id] = *bounds.end;
  }
  return now;
}

}  // namespace ctl::transfer
