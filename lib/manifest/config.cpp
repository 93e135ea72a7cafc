#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "manifest/readers.hpp"

namespace ctl::manifest {
namespace {

/// Of Kafka 4.3's documentation, topic configs. A broker may know more, so another key is a warning.
const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys{"cleanup.policy",
                                             "compression.gzip.level",
                                             "compression.lz4.level",
                                             "compression.type",
                                             "compression.zstd.level",
                                             "delete.retention.ms",
                                             "file.delete.delay.ms",
                                             "flush.messages",
                                             "flush.ms",
                                             "follower.replication.throttled.replicas",
                                             "index.interval.bytes",
                                             "leader.replication.throttled.replicas",
                                             "local.retention.bytes",
                                             "local.retention.ms",
                                             "max.compaction.lag.ms",
                                             "max.message.bytes",
                                             "message.timestamp.after.max.ms",
                                             "message.timestamp.before.max.ms",
                                             "message.timestamp.type",
                                             "min.cleanable.dirty.ratio",
                                             "min.compaction.lag.ms",
                                             "min.insync.replicas",
                                             "preallocate",
                                             "remote.log.copy.disable",
                                             "remote.log.delete.on.disable",
                                             "remote.storage.enable",
                                             "retention.bytes",
                                             "retention.ms",
                                             "segment.bytes",
                                             "segment.index.bytes",
                                             "segment.jitter.ms",
                                             "segment.ms",
                                             "unclean.leader.election.enable"};
  return keys;
}

/// "7d" or -1 as retention.ms.
std::optional<std::string> read_retention(Fields& fields) {
  const auto* value = fields.child("retention");
  if (value == nullptr) return std::nullopt;
  if (auto text = scalar_text(*value); text == "-1") return text;
  const auto duration = fields.duration_if("retention");
  return duration ? std::optional{fmt::format("{}", duration->count())} : std::nullopt;
}

}  // namespace

void read_config(Fields& fields, Config& into, std::map<std::string, Position, std::less<>>& places, Problems& problems) {
  if (const auto retention = read_retention(fields)) {
    into["retention.ms"] = *retention;
    places["retention.ms"] = fields.at("retention");
  }
  const auto* map = fields.map_if("config");
  if (map == nullptr) return;
  for (const auto& [key, value, key_at] : *map->map()) {
    const auto text = scalar_text(value);
    if (!text)
      problems.push_back({.what = fmt::format("'{}' is {}, it should be text or a number", key, kind_of(value)),
                          .at = value.at(),
                          .hint = {},
                          .rule = "wrong-type"});
    if (key == "retention.ms" && fields.has("retention"))
      problems.push_back(
          {.what = "'retention.ms' and 'retention' say the same thing twice", .at = key_at, .hint = "keep retention", .rule = "twice"});
    if (std::find(known_keys().begin(), known_keys().end(), key) == known_keys().end())
      problems.push_back({.what = fmt::format("'{}' is no topic config of Kafka", key),
                          .at = key_at,
                          .hint = did_you_mean(nearest(key, known_keys())),
                          .rule = "topic-config",
                          .severity = Severity::warning});
    if (!text) continue;
    into[key] = *text;
    places[key] = value.at();
  }
}

}  // namespace ctl::manifest
