#include "health/topics.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "plan/plan.hpp"

namespace ctl::health {
namespace {

std::string_view origin_of(const TopicState& state, std::string_view path) {
  constexpr std::string_view prefix = "config.";
  if (!path.starts_with(prefix)) return "";
  const auto entry = state.config.find(path.substr(prefix.size()));
  if (entry == state.config.end()) return "default";
  switch (entry->second.origin) {
    case Origin::topic: return "topic";
    case Origin::broker: return "broker";
    case Origin::standard: return "default";
  }
  return "";
}

Known<std::int64_t> span_of(const TopicState& state, const TopicSights& sights) {
  std::int64_t sum = 0;
  for (const auto& partition : state.partitions) {
    const auto found = sights.bounds.find({state.name, partition.id});
    if (found == sights.bounds.end()) continue;
    const auto& [start, end, stable] = found->second;
    if (!start) return start;
    if (!end) return end;
    sum += *end - *start;
  }
  return sum;
}

std::map<std::string, Known<std::int64_t>> lag_of(const std::string& topic, const TopicSights& sights) {
  std::map<std::string, Known<std::int64_t>> lag;
  if (!sights.groups) return lag;
  for (const auto& [group, commits] : *sights.groups) {
    if (!commits) continue;
    for (const auto& [partition, next] : *commits) {
      if (partition.topic != topic) continue;
      auto& sum = lag.try_emplace(group, std::int64_t{0}).first->second;
      const auto bounds = sights.bounds.find(partition);
      if (bounds == sights.bounds.end() || !sum) continue;
      const auto& [start, end, stable] = bounds->second;
      const auto unread = sights.unread.find({partition, start ? std::max(next, *start) : next});
      if (!stable)
        sum = stable;
      else if (unread != sights.unread.end() && !unread->second)
        sum = tl::unexpected{unread->second.error()};
      else if (unread != sights.unread.end())
        sum = *sum + unread->second->records;  // else it has read to the end
    }
  }
  return lag;
}

/// Whether nothing but retention differs: that may be held by a migration, and without the journal nobody knows.
bool only_retention(const std::vector<TopicDrift>& drift) {
  return std::all_of(drift.begin(), drift.end(), [](const TopicDrift& d) { return d.path.starts_with("config.retention."); });
}

void judge(TopicStatus& status, const std::vector<Step>& steps, const TopicSights& sights) {
  for (const auto& step : steps)
    if (step.resource.name == status.name)
      for (const auto& change : step.changes)
        status.drift.push_back({change.path, change.after, change.before, std::string{origin_of(*status.state, change.path)}});
  for (const auto& partition : status.state->partitions) {
    if (partition.leader < 0) status.offline.push_back(partition.id);
    if (partition.isr.size() < partition.replicas.size()) status.under_replicated.push_back(partition.id);
  }
  if (!status.offline.empty() || !status.under_replicated.empty())
    status.verdict = TopicVerdict::degraded;
  else if (status.drift.empty())
    status.verdict = TopicVerdict::ok;
  else if (!sights.holds && only_retention(status.drift)) {
    status.verdict = TopicVerdict::unknown;
    status.why = "retention differs, and whether a migration holds it is not known: " + std::string{sights.holds.error().what()};
  } else
    status.verdict = TopicVerdict::drift;
}

}  // namespace

std::string_view to_string(TopicVerdict verdict) {
  constexpr std::array<std::string_view, 5> names{"ok", "drift", "missing", "degraded", "unknown"};
  return names[static_cast<std::size_t>(verdict)];
}

std::vector<TopicStatus> judge_topics(const Project& project, std::span<const std::string> names, const TopicSights& sights) {
  std::vector<plan::Hold> holds;
  if (sights.holds)
    for (const auto& held : *sights.holds) holds.push_back({held.topic, held.key, held.value});
  std::vector<TopicSpec> looked_at;  // the plan refuses to judge what was not looked at
  std::copy_if(project.topics.begin(), project.topics.end(), std::back_inserter(looked_at),
               [&](const TopicSpec& spec) { return sights.states.contains(spec.name); });
  const auto steps = plan::topics(looked_at, holds, sights.states);
  std::vector<TopicStatus> all;
  for (const auto& name : names) {
    TopicStatus status{.name = name, .declared = project.topic(name)};
    if (const auto* table = project.table_of(name))
      status.source_table = to_string(table->table);
    else if (status.declared != nullptr)
      status.source_table = status.declared->captures;
    const auto seen = sights.states.find(name);
    if (seen != sights.states.end() && seen->second) {
      status.state = &*seen->second;
      status.span = span_of(*status.state, sights);
      status.lag = lag_of(name, sights);
      if (sights.holds)
        for (const auto& held : *sights.holds)
          if (held.topic == name && held.key == "retention.ms") status.held = held;
      judge(status, steps, sights);
    } else if (seen != sights.states.end() && seen->second.error().code() == Code::not_found) {
      status.verdict = TopicVerdict::missing;
    } else {
      status.verdict = TopicVerdict::unknown;
      status.why = seen == sights.states.end() ? "it was not looked at" : seen->second.error().what();
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::optional<bool> good(std::span<const TopicStatus> all) {
  std::optional<bool> result{true};
  for (const auto& topic : all) {
    if (topic.verdict == TopicVerdict::unknown)
      result = std::nullopt;
    else if (topic.verdict != TopicVerdict::ok)
      return false;
  }
  return result;
}

}  // namespace ctl::health
