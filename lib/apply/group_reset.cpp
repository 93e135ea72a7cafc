#include "apply/group_reset.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kafka/admin.hpp"

namespace ctl {
namespace {

using kafka::Partition;
using Of = RecordPosition::Of;

/// The group as it is; one that is gone can only get back what was saved of it.
kafka::Group find_group(kafka::Cluster& cluster, const ResetWish& wish, const Deadline& until) {
  std::vector<std::string> names;
  for (auto& group : cluster.groups(until)) {
    if (group.name == wish.group) return std::move(group);
    names.push_back(group.name);
  }
  if (wish.saved) return {.name = wish.group, .state = "Dead"};
  const auto near = nearest(wish.group, names);
  throw Error{Code::not_found, {.what = "there is no group " + wish.group, .hint = near ? *near : "mykartctl groups list"}};
}

std::vector<Partition> all_partitions(kafka::Cluster& cluster, const std::vector<std::string>& topics, const Deadline& until) {
  std::vector<Partition> all;
  for (const auto& [topic, state] : cluster.describe(topics, until)) {
    if (!state && state.error().code() == Code::not_found) {
      const auto near = nearest(topic, cluster.topics(until));
      throw Error{Code::not_found, {.what = "there is no topic " + topic, .hint = near ? *near : "mykartctl topics list"}};
    }
    if (!state) throw Error{state.error()};
    for (const auto& partition : state->partitions) all.push_back({topic, partition.id});
  }
  return all;
}

std::vector<Partition> partitions_of(kafka::Cluster& cluster, const ResetWish& wish, const kafka::Commits& commits, const Deadline& until) {
  std::vector<Partition> all;
  if (wish.saved) {
    for (const auto& [partition, offset] : wish.saved->offsets)
      if (wish.topics.empty() || std::find(wish.topics.begin(), wish.topics.end(), partition.topic) != wish.topics.end())
        all.push_back(partition);
    if (all.empty()) throw Error{Code::usage, {.what = "nothing was saved of " + join(wish.topics, ", ")}};
  } else if (wish.topics.empty()) {
    for (const auto& [partition, offset] : commits) all.push_back(partition);
    if (all.empty())
      throw Error{Code::usage,
                  {.what = fmt::format("group {} has committed nothing: which topics?", wish.group),
                   .hint = fmt::format("mykartctl groups reset {} TOPIC --to …", wish.group)}};
  } else {
    all = all_partitions(cluster, wish.topics, until);
  }
  return all;
}

std::map<Partition, LogOffsets> log_offsets(kafka::Cluster& cluster, std::span<const Partition> partitions,
                                            const std::optional<RecordPosition>& to, const Deadline& until) {
  std::map<Partition, LogOffsets> logs;
  const auto known = [](const Known<std::int64_t>& offset) {
    if (!offset) throw Error{offset.error()};
    return *offset;
  };
  for (const auto& [partition, bounds] : cluster.bounds(partitions, until)) {
    auto& log = logs[partition];
    log.start = known(bounds.start), log.stable = known(bounds.stable), log.end = known(bounds.end);
  }
  if (to && to->of == Of::instant)
    for (const auto& [partition, offset] : cluster.offsets(partitions, to->at, until)) logs[partition].at = known(offset);
  return logs;
}

std::int64_t within(const LogOffsets& log, std::int64_t wished, const Partition& partition, std::vector<std::string>& warnings) {
  const auto end = std::max(log.start, log.end);
  if (wished < log.start) warnings.push_back(fmt::format("{} starts at {}, not at {}", to_string(partition), log.start, wished));
  if (wished > end) warnings.push_back(fmt::format("{} ends at {}, not at {}", to_string(partition), end, wished));
  return std::clamp(wished, log.start, end);
}

void need_own(const SavedOffsets& saved, const ResetWish& wish, const std::string& cluster_id) {
  if (saved.group != wish.group)
    throw Error{Code::refused,
                {.what = fmt::format("these offsets were saved of group {}, not of {}", saved.group, wish.group), .hint = saved.group}};
  if (saved.cluster_id != cluster_id)
    throw Error{Code::refused, {.what = fmt::format("these offsets were saved in cluster {}, this is {}", saved.cluster_id, cluster_id)}};
}

GroupOffsets changed(const GroupReset& reset, std::optional<std::int64_t> OffsetMove::*side) {
  GroupOffsets offsets;
  for (const auto& [partition, move] : reset.moves)
    if (move.now != move.next) offsets.emplace(partition, move.*side);
  return offsets;
}

kafka::Commits commits_of(kafka::Cluster& cluster, const std::string& group, const Deadline& until) {
  auto commits = std::move(cluster.committed({&group, 1}, until).at(group));
  if (!commits) throw Error{commits.error()};
  return std::move(*commits);
}

std::optional<std::int64_t> offset_in(const kafka::Commits& commits, const Partition& partition) {
  const auto found = commits.find(partition);
  return found == commits.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace

GroupOffsets GroupReset::before() const { return changed(*this, &OffsetMove::now); }
GroupOffsets GroupReset::after() const { return changed(*this, &OffsetMove::next); }

std::int64_t place_in(const LogOffsets& log, const RecordPosition& position, const Partition& partition,
                      std::vector<std::string>& warnings) {
  switch (position.of) {
    case Of::beginning: return log.start;
    case Of::end: return log.stable;
    case Of::instant: return std::clamp(log.at, log.start, std::max(log.start, log.stable));
    case Of::offset: return within(log, position.number, partition, warnings);
    case Of::last: break;
  }
  if (position.number > log.stable - log.start)
    warnings.push_back(fmt::format("{} holds {} offsets, not {}", to_string(partition), log.stable - log.start, position.number));
  return std::max(log.start, log.stable - position.number);
}

GroupReset plan_group_reset(kafka::Cluster& cluster, const ResetWish& wish, const Deadline& until) {
  GroupReset reset{.group = wish.group, .cluster_id = cluster.id(until)};
  if (wish.saved) need_own(*wish.saved, wish, reset.cluster_id);
  const auto group = find_group(cluster, wish, until);
  if (const auto empty = attempt([&] { kafka::need_empty(group); }); !empty) reset.blocked = empty.error();
  const auto commits = commits_of(cluster, wish.group, until);
  const auto partitions = partitions_of(cluster, wish, commits, until);
  for (const auto& [partition, log] : log_offsets(cluster, partitions, wish.to, until)) {
    OffsetMove move{.now = offset_in(commits, partition)};
    if (wish.to)
      move.next = place_in(log, *wish.to, partition, reset.warnings);
    else if (const auto saved = wish.saved->offsets.at(partition))
      move.next = within(log, *saved, partition, reset.warnings);
    reset.moves.emplace(partition, move);
  }
  return reset;
}

void need_unchanged(kafka::Cluster& cluster, const GroupReset& reset, const Deadline& until) {
  for (const auto& group : cluster.groups(until))
    if (group.name == reset.group) kafka::need_empty(group);
  const auto commits = commits_of(cluster, reset.group, until);
  for (const auto& [partition, move] : reset.moves)
    if (offset_in(commits, partition) != move.now)
      throw Error{Code::drift,
                  {.what = fmt::format("group {} has committed since: {} is no longer as shown", reset.group, to_string(partition)),
                   .hint = "the same command again"}};
}

void carry_out(kafka::Cluster& cluster, const GroupReset& reset, const Deadline& until) {
  kafka::Admin{cluster}.set_group_offsets(reset.group, reset.after(), until);
}

}  // namespace ctl
