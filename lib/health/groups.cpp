#include "health/groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "health/checks.hpp"

namespace ctl::health {
namespace {

using namespace std::chrono_literals;
using kafka::Partition;
using LagTime = Known<std::optional<std::chrono::milliseconds>>;

constexpr auto in_flight = 10s;       // younger records are on their way: a commit and a fetch take their time
constexpr auto commit_interval = 5s;  // auto.commit.interval.ms of Java's client and of librdkafka, unless somebody sets it
constexpr auto clocks_differ = 10s;   // a record from further in the future has no age

tl::unexpected<Error> not_known(std::string what) { return tl::unexpected{Error{Code::failed, {.what = std::move(what)}}}; }

Known<kafka::Unread> lag_of(const PartitionSight& sight) {
  if (sight.committed) return sight.unread;
  for (const auto* offset : {&sight.start, &sight.end})
    if (!*offset) return tl::unexpected{offset->error()};
  if (*sight.start == *sight.end) return kafka::Unread{};
  return not_known("nothing is committed, so its auto.offset.reset decides where it begins");
}

LagTime age_of(const Known<kafka::Unread>& lag, Millis now) {
  if (!lag) return tl::unexpected{lag.error()};
  if (lag->records == 0) return std::nullopt;
  if (!lag->first) return not_known("the first unread record has no time");
  if (*lag->first > now + clocks_differ) return not_known("the first unread record is from the future: " + format_instant(*lag->first));
  return std::max(now - *lag->first, 0ms);
}

const kafka::Member* reader_of(const kafka::Group& group, const Partition& partition) {
  if (!group.members) return nullptr;
  for (const auto& member : *group.members)
    if (std::find(member.assigned.begin(), member.assigned.end(), partition) != member.assigned.end()) return &member;
  return nullptr;
}

void say(PartitionStatus& status, GroupVerdict verdict, std::string why) {
  status.verdict = verdict;
  status.why = std::move(why);
}

/// Somebody reads it, and what is unread has been there for a while: what the commits did while they were watched.
void judge_progress(PartitionStatus& status, const PartitionSight& before, const GroupSights& sights) {
  const auto& now = *status.sight;
  if (!before.committed) return;  // its first commit came while it was watched
  const auto watched = format_took(sights.window);
  if (*before.committed < *now.committed) {
    if (!before.stable || !now.stable) return say(status, GroupVerdict::unknown, "where the log ended is not known");
    if (*now.stable - *now.committed < *before.stable - *before.committed) return;
    return say(status, GroupVerdict::warn,
               fmt::format("it reads, but as much is unread as {} ago: {} records", watched, lag_text(status.lag)));
  }
  if (sights.window > commit_interval)
    return say(status, GroupVerdict::stall, fmt::format("no commit for {}, and {} records are unread", watched, lag_text(status.lag)));
  status.look_again = sights.window == 0ms;
  say(status, GroupVerdict::unknown,
      fmt::format("{} records are unread, and it was not watched for longer than a consumer waits between two "
                  "commits ({})",
                  lag_text(status.lag), format_took(commit_interval)));
}

PartitionStatus judge(const Partition& partition, const GroupSights& sights) {
  const auto& group = sights.group;
  const auto& before = sights.first->at(partition);
  PartitionStatus status{.sight = &before, .member = reader_of(group, partition)};
  if (sights.second)
    if (const auto found = sights.second->find(partition); found != sights.second->end()) status.sight = &found->second;
  status.lag = lag_of(*status.sight);
  status.lag_time = age_of(status.lag, sights.at);

  if (before.committed && status.sight->committed < before.committed) {
    say(status, GroupVerdict::rewind,
        fmt::format("its commit went back from {} to {}", *before.committed,
                    status.sight->committed ? fmt::format("{}", *status.sight->committed) : "none"));
    return status;
  }
  if (!status.lag) {
    say(status, GroupVerdict::unknown, one_line(status.lag.error()));
    return status;
  }
  if (status.lag->records == 0) return status;
  const bool moved = before.committed < status.sight->committed;
  if (group.empty() && !moved) {
    status.look_again = group.simple && sights.window == 0ms;  // consumers that join no group commit as well
    say(status, GroupVerdict::stop, fmt::format("nobody reads: the group has no members, and {} records are unread", lag_text(status.lag)));
  } else if (group.state == "Stable" && group.members && status.member == nullptr && !moved) {
    say(status, GroupVerdict::stop, fmt::format("no member of the group reads it, and {} records are unread", lag_text(status.lag)));
  } else if (!status.lag_time) {
    judge_progress(status, before, sights);
  } else if (**status.lag_time > in_flight) {
    judge_progress(status, before, sights);
  }
  return status;
}

/// The whole group: its worst partition, and sums.
void add(GroupStatus& group, const Partition& partition, PartitionStatus status) {
  if (status.verdict > group.verdict) {
    group.verdict = status.verdict;
    group.why = to_string(partition) + ": " + status.why;
  }
  group.look_again = group.look_again || status.look_again;
  if (!status.lag)
    group.lag = tl::unexpected{status.lag.error()};
  else if (group.lag) {
    group.lag->records += status.lag->records;
    group.lag->exact = group.lag->exact && status.lag->exact;
  }
  if (!status.lag_time)
    group.lag_time = tl::unexpected{status.lag_time.error()};
  else if (group.lag_time)
    *group.lag_time = std::max(*group.lag_time, *status.lag_time);
  group.partitions.emplace(partition, std::move(status));
}

}  // namespace

std::string_view to_string(GroupVerdict verdict) {
  constexpr std::array<std::string_view, 6> names{"ok", "unknown", "warn", "rewind", "stall", "stop"};
  return names[static_cast<std::size_t>(verdict)];
}

GroupStatus judge_group(const GroupSights& sights) {
  GroupStatus status{.group = &sights.group};
  const auto unknown = [&](const Error& error) {
    status.verdict = GroupVerdict::unknown;
    status.why = one_line(error);
    status.lag = tl::unexpected{error};
    status.lag_time = tl::unexpected{error};
  };
  if (!sights.first || !sights.second) return unknown((sights.first ? sights.second : sights.first).error()), status;
  std::set<std::string> topics;
  for (const auto& [partition, sight] : *sights.first) {
    topics.insert(partition.topic);
    add(status, partition, judge(partition, sights));
  }
  status.topics.assign(topics.begin(), topics.end());
  if (topics.empty() && !sights.group.empty())
    unknown({Code::failed, {.what = "it has members, but nothing is committed and nothing is seen that they read"}});
  return status;
}

std::optional<bool> good(std::span<const GroupStatus> all) {
  std::optional<bool> result{true};
  for (const auto& group : all) {
    if (group.verdict == GroupVerdict::unknown)
      result = std::nullopt;
    else if (group.verdict != GroupVerdict::ok)
      return false;
  }
  return result;
}

}  // namespace ctl::health
