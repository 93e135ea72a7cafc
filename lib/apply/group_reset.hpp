#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/cluster.hpp"
#include "model/record_position.hpp"
#include "model/step.hpp"

/// Moving the commits of a group, from outside: the group is never joined, so nothing rebalances. Needs Kafka alone.
namespace ctl {

using GroupOffsets = std::map<kafka::Partition, std::optional<std::int64_t>>;  ///< nullopt: no commit

/// The commits of a group as they were: what an undo file holds.
struct SavedOffsets {
  std::string group{}, cluster_id{};
  GroupOffsets offsets{};
};
[[nodiscard]] Value to_value(const SavedOffsets&, Millis at);
/// Throws Error{manifest} that names everything that is wrong with its place.
[[nodiscard]] SavedOffsets read_saved_offsets(std::string_view json, const std::string& file);

struct ResetWish {
  std::string group{};
  std::vector<std::string> topics{};  ///< all partitions of these; {} = what the group has committed, or what was saved
  std::optional<RecordPosition> to{};
  std::optional<SavedOffsets> saved{};  ///< instead of `to`
};

struct OffsetMove {
  std::optional<std::int64_t> now{}, next{};  ///< nullopt: no commit
};
struct GroupReset {
  std::string group{}, cluster_id{};
  std::map<kafka::Partition, OffsetMove> moves{};
  std::vector<std::string> warnings{};        ///< where the log does not hold what was wished
  std::optional<Error> blocked{};             ///< who is in the group
  [[nodiscard]] GroupOffsets before() const;  ///< of what changes; so is after()
  [[nodiscard]] GroupOffsets after() const;
};

/// What the log of a partition holds, and the first offset at or after the wished instant when there is one.
struct LogOffsets {
  std::int64_t start{}, stable{}, end{}, at{};
};
/// Pure. Where a position is in this log, never outside of it; says so in `warnings` when that is not what was wished. `end` is where
/// readers of committed records are at the end: nothing is skipped that an open transaction still commits.
[[nodiscard]] std::int64_t place_in(const LogOffsets&, const RecordPosition&, const kafka::Partition&, std::vector<std::string>& warnings);

/// Looks, writes nothing. Error{not_found} with the nearest name for a group or a topic that does not exist: a mistyped group would be
/// made. Error{refused} for offsets that were saved of another group or cluster. What cannot be read is an error: there is no half reset.
[[nodiscard]] GroupReset plan_group_reset(kafka::Cluster&, const ResetWish&, const Deadline&);

/// Throws Error{drift} if the group has committed since it was planned, Error{refused} if somebody is in it.
void need_unchanged(kafka::Cluster&, const GroupReset&, const Deadline&);
/// Writes, and reads back. Refused while there are members, by the broker itself when one comes in this moment.
void carry_out(kafka::Cluster&, const GroupReset&, const Deadline&);

/// TOPIC PARTITION NOW NEW DELTA.
struct ResetDone {
  bool applied{};
  std::string undo_file{}, undo_command{};  ///< "" while nothing was saved
};
[[nodiscard]] Report report(const GroupReset&, const ResetDone&);
/// The one step of it, for the question: disruptive, with an exact undo.
[[nodiscard]] Plan plan_of(const GroupReset&, std::string context);

}  // namespace ctl
