#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "health/sources.hpp"
#include "kafka/unread.hpp"
#include "value/report.hpp"

namespace ctl::health {

/// What was read of some topics. A fact that nobody asked for is not in its map.
struct TopicSights {
  std::map<std::string, Known<TopicState>> states{};
  std::map<kafka::Partition, kafka::Bounds> bounds{};
  std::map<std::string, Known<std::optional<Millis>>> last_event{};  ///< nullopt: the topic holds no record
  std::map<std::string, Known<double>> rate{};                       ///< records a second, when it was sampled
  std::vector<kafka::Group> members{};                               ///< of the same groups, who is in them
  Known<std::map<std::string, Known<kafka::Commits>>> groups{};
  std::map<kafka::Place, Known<kafka::Unread>> unread{};  ///< from commits below the stable end, or from the log's start if that is later
  Known<std::vector<HeldConfig>> holds{};                 ///< unknown without PostgreSQL
};
struct TopicLook {
  std::optional<std::chrono::milliseconds> sample{};  ///< measure the rate over this time
  bool detail{};                                      ///< all configs; else those that are declared or shown
};
/// Reads them; throws only when Kafka tells nothing at all.
[[nodiscard]] TopicSights look_at_topics(Sources&, std::span<const std::string> names, TopicLook, const Deadline&);

enum class TopicVerdict : unsigned char { ok, drift, missing, degraded, unknown };
[[nodiscard]] std::string_view to_string(TopicVerdict);

struct TopicDrift {
  std::string path{};  ///< "partitions", "config.retention.ms"
  std::optional<std::string> declared{}, found{};
  std::string origin{};  ///< of what was found: topic, broker, default; "" for what is no config
};
struct TopicStatus {
  std::string name{};
  const TopicSpec* declared{};  ///< nullptr: not in the manifest
  const TopicState* state{};    ///< nullptr: missing or not known
  std::string source_table{};   ///< the event table that moves here, or the core table captured here; "" if none
  TopicVerdict verdict{};
  std::string why{};  ///< when the verdict is unknown
  std::vector<TopicDrift> drift{};
  std::vector<int> under_replicated{}, offline{};
  Known<std::int64_t> span{};                        ///< offsets between start and end, over all partitions: an upper bound of the records
  std::optional<HeldConfig> held{};                  ///< retention is held by a migration
  std::map<std::string, Known<std::int64_t>> lag{};  ///< records, by group that has commits here
};
/// Pure. Worst first matters: missing, unknown, degraded (no leader, or replicas behind), drift, ok. What a migration holds is no drift.
/// Views into `project` and `sights`: they must outlive the result.
[[nodiscard]] std::vector<TopicStatus> judge_topics(const Project&, std::span<const std::string> names, const TopicSights&);

/// Whether all are ok; nullopt when none is bad and not all are known.
[[nodiscard]] std::optional<bool> good(std::span<const TopicStatus>);

/// One entry of the JSON; `path` is where it stands there, for what is not known.
[[nodiscard]] Value to_value(const TopicStatus&, const TopicSights&, const std::string& path, std::vector<Unknown>&);
/// The table and the JSON of `topics status`; `detail` adds partitions, configs and groups of each topic.
[[nodiscard]] Report topics_report(std::span<const TopicStatus>, const TopicSights&, bool detail);

}  // namespace ctl::health
