#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kafka/unread.hpp"
#include "value/report.hpp"

/// Consumer groups: what each has still to read, and whether it gets on with it. Needs Kafka alone.
namespace ctl::health {

/// What was read of one partition of a group, in this order: the commit, the log's offsets, what lies between.
struct PartitionSight {
  std::optional<std::int64_t> committed{};  ///< nullopt: nothing is committed
  Known<std::int64_t> start{}, end{}, stable{};
  Known<kafka::Unread> unread{};  ///< from the commit on; meaningless without one
};
using PartitionSights = std::map<kafka::Partition, PartitionSight>;

struct GroupSights {
  kafka::Group group{};
  Known<PartitionSights> first{};      ///< what it committed and what its members were given; unknown when its commits are
  Known<PartitionSights> second{};     ///< empty when one look was enough
  std::chrono::milliseconds window{};  ///< between the two looks; 0 when there was one
  Millis at{};                         ///< when the last look was
};

/// How long the commits are watched when one look does not tell: longer than a consumer waits between two commits by default.
inline constexpr std::chrono::milliseconds group_window{6000};

struct GroupLook {
  std::vector<std::string> names{};   ///< {} = all
  std::vector<std::string> topics{};  ///< {} = all; else only groups and partitions of these
  std::chrono::milliseconds window{group_window};
};
/// Reads them, by name. A second look is taken at those groups of which one does not tell. Throws Error{not_found}, with the nearest name,
/// for a named group or topic that does not exist, and when Kafka tells nothing at all.
[[nodiscard]] std::vector<GroupSights> look_at_groups(kafka::Cluster&, const kafka::Settings&, Listener&, const GroupLook&,
                                                      const Deadline&);

/// In the order of how bad it is to have it: of a group counts its worst partition.
enum class GroupVerdict : unsigned char { ok, unknown, warn, rewind, stall, stop };
[[nodiscard]] std::string_view to_string(GroupVerdict);

struct PartitionStatus {
  const PartitionSight* sight{};  ///< the newest
  Known<kafka::Unread> lag{};
  Known<std::optional<std::chrono::milliseconds>> lag_time{};  ///< age of the first unread record; nullopt when none is unread
  const kafka::Member* member{};                               ///< who reads it, as far as that is visible
  GroupVerdict verdict{};
  std::string why{};  ///< "" when it is ok
  bool look_again{};  ///< one look does not tell
};
struct GroupStatus {
  const kafka::Group* group{};
  std::map<kafka::Partition, PartitionStatus> partitions{};
  std::vector<std::string> topics{};
  Known<kafka::Unread> lag{};  ///< the sum; unknown as soon as that of one partition is
  Known<std::optional<std::chrono::milliseconds>> lag_time{};
  GroupVerdict verdict{};
  std::string why{};
  bool look_again{};
};
/// Pure. The rules, of a partition:
///   rewind   its commit went back while it was watched
///   ok       nothing is unread; or the first unread record is younger than 10 s; or commits move and the unread offsets get fewer
///   stop     something is unread and nobody reads it: the group has no members, or none of them was given this partition
///   stall    members read it, the record is older, and no commit came while it was watched, for longer than 5 s, the default interval of
///            commits
///   warn     commits move, but the unread offsets do not get fewer
///   unknown  a fact is missing, nothing was ever committed, or it was not watched for long enough
/// Views into the sights: they must outlive the result.
[[nodiscard]] GroupStatus judge_group(const GroupSights&);

/// Whether all are ok; nullopt when none is bad and not all are known.
[[nodiscard]] std::optional<bool> good(std::span<const GroupStatus>);

[[nodiscard]] Style style_of(GroupVerdict);

/// One entry of the JSON; `path` is where it stands there, for what is not known.
[[nodiscard]] Value to_value(const GroupStatus&, const std::string& path, std::vector<Unknown>&);
/// The table and the JSON of `groups list` and `groups status`; `detail` adds the partitions of each group.
[[nodiscard]] Report groups_report(std::span<const GroupStatus>, std::string kind, bool detail);

/// "1,204", "≤ 1,204" where it is an upper bound, "?" when it is not known; "1.2 s", "-" when nothing is unread.
[[nodiscard]] std::string lag_text(const Known<kafka::Unread>&);
[[nodiscard]] std::string lag_text(const Known<std::optional<std::chrono::milliseconds>>&);

}  // namespace ctl::health
