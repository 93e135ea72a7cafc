#include "health/proved_topic.hpp"

#include <algorithm>

namespace ctl::health {

transfer::ProvedTopic proved_topic(const std::vector<Seal>& seals, const EventTable& table) {
  const auto seal = std::find_if(seals.begin(), seals.end(), [&](const Seal& s) {
    return s.direction == "deploy" && s.table == journal_name(table) && s.topic == table.topic;
  });
  if (seal == seals.end()) return {};
  transfer::ProvedTopic proved{.ends = seal->ends};
  if (!seal->facts) return proved;
  proved.topic_id = seal->facts->topic.id;
  for (const auto& [partition, offsets] : seal->facts->topic.partitions) proved.firsts[partition] = offsets.start;
  return proved;
}

}  // namespace ctl::health
