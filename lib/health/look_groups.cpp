#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "health/groups.hpp"

namespace ctl::health {
namespace {

using namespace std::chrono_literals;
using kafka::Partition;

constexpr auto reading = 5s;  // of what is unread; what takes longer is unknown

[[noreturn]] void no_such(std::string_view what, const std::string& name, std::span<const std::string> all) {
  const auto near = nearest(name, all);
  throw Error{Code::not_found,
              {.what = fmt::format("there is no {} {}", what, name), .hint = near ? *near : fmt::format("mykartctl {}s list", what)}};
}

void need_topics(kafka::Cluster& cluster, const std::vector<std::string>& topics, const Deadline& until) {
  if (topics.empty()) return;
  const auto all = cluster.topics(until);
  for (const auto& topic : topics)
    if (!std::binary_search(all.begin(), all.end(), topic)) no_such("topic", topic, all);
}

/// What the groups are about: their commits and what their members were given, in the topics that are asked for.
Known<PartitionSights> partitions_of(const kafka::Group& group, const Known<kafka::Commits>& commits, const GroupLook& look) {
  if (!commits) return tl::unexpected{commits.error()};
  PartitionSights sights;
  const auto wanted = [&](const Partition& partition) {
    return look.topics.empty() || std::find(look.topics.begin(), look.topics.end(), partition.topic) != look.topics.end();
  };
  for (const auto& [partition, offset] : *commits)
    if (wanted(partition)) sights[partition].committed = offset;
  if (group.members)
    for (const auto& member : *group.members)
      for (const auto& partition : member.assigned)
        if (wanted(partition)) sights[partition];
  return sights;
}

class Looker {
 public:
  Looker(kafka::Cluster& cluster, const kafka::Settings& settings, Listener& to, const GroupLook& look, const Deadline& until)
      : cluster_{cluster}, settings_{settings}, to_{to}, look_{look}, until_{until} {}

  /// The commits first, the ends of the log behind them: nobody seems to be beyond the end.
  std::vector<Known<PartitionSights>> look(std::span<const kafka::Group* const> groups) {
    std::vector<std::string> names;
    for (const auto* group : groups) names.push_back(group->name);
    const auto commits = cluster_.committed(names, until_);
    std::vector<Known<PartitionSights>> all;
    for (const auto* group : groups) all.push_back(partitions_of(*group, commits.at(group->name), look_));
    add_offsets(all);
    add_unread(all);
    return all;
  }

 private:
  template <class F>
  static void each(std::vector<Known<PartitionSights>>& all, F&& f) {
    for (auto& sights : all)
      if (sights)
        for (auto& [partition, sight] : *sights) f(partition, sight);
  }

  void add_offsets(std::vector<Known<PartitionSights>>& all) {
    std::set<Partition> distinct;
    each(all, [&](const Partition& partition, PartitionSight&) { distinct.insert(partition); });
    const std::vector<Partition> partitions{distinct.begin(), distinct.end()};
    if (partitions.empty()) return;
    const auto bounds = cluster_.bounds(partitions, until_);
    each(all, [&](const Partition& partition, PartitionSight& sight) {
      const auto& [start, end, stable] = bounds.at(partition);
      sight.start = start, sight.stable = stable, sight.end = end;
    });
  }

  /// A commit beyond the stable end is that of a reader of uncommitted records, and its end is that of the log.
  void add_unread(std::vector<Known<PartitionSights>>& all) {
    using Isolation = kafka::Reader::Isolation;
    for (const auto isolation : {Isolation::committed, Isolation::uncommitted}) {
      std::vector<kafka::Place> places;
      std::map<Partition, std::int64_t> ends;
      std::vector<std::pair<PartitionSight*, kafka::Place>> asked;
      each(all, [&](const Partition& partition, PartitionSight& sight) {
        if (!sight.committed || !facts(partition, sight)) return;
        const bool committed = *sight.committed <= *sight.stable;
        if (committed != (isolation == Isolation::committed)) return;
        const auto from = std::max(*sight.committed, *sight.start), to = committed ? *sight.stable : *sight.end;
        if (from >= to) return;
        places.emplace_back(partition, from);
        ends[partition] = to;
        asked.emplace_back(&sight, places.back());
      });
      const auto found = kafka::unread(settings_, places, ends, isolation, to_, until_.within(reading));
      for (const auto& [sight, place] : asked) sight->unread = found.at(place);
    }
  }

  /// Whether the log's offsets are known and make sense; else why not is what is known of the unread.
  static bool facts(const Partition& partition, PartitionSight& sight) {
    for (const auto* offset : {&sight.start, &sight.stable, &sight.end})
      if (!*offset) {
        sight.unread = tl::unexpected{offset->error()};
        return false;
      }
    if (*sight.committed <= *sight.end) return true;
    sight.unread = tl::unexpected{
        Error{Code::mismatch,
              {.what = fmt::format("the commit {} is beyond the end {} of {}", *sight.committed, *sight.end, to_string(partition)),
               .hint = "the topic was made anew, or lost records"}}};
    return false;
  }

  kafka::Cluster& cluster_;
  const kafka::Settings& settings_;
  Listener& to_;
  const GroupLook& look_;
  const Deadline& until_;
};

std::vector<kafka::Group> chosen(std::vector<kafka::Group> all, const std::vector<std::string>& names) {
  if (names.empty()) return all;
  std::vector<std::string> existing;
  for (const auto& group : all) existing.push_back(group.name);
  for (const auto& name : names)
    if (!std::binary_search(existing.begin(), existing.end(), name)) no_such("group", name, existing);
  std::erase_if(all, [&](const kafka::Group& group) { return std::find(names.begin(), names.end(), group.name) == names.end(); });
  return all;
}

/// Where one look does not tell: what the commits do in the window, or in half of the time that is left.
void look_again(Looker& looker, std::vector<GroupSights>& all, Deadline::ms window, Listener& to, const Deadline& until) {
  std::vector<GroupSights*> undecided;
  std::vector<const kafka::Group*> groups;
  for (auto& sights : all)
    if (judge_group(sights).look_again) undecided.push_back(&sights), groups.push_back(&sights.group);
  window = std::min(window, Deadline::ms{until.left_ms(window * 2) / 2});
  if (undecided.empty() || window <= 0ms) return;
  to.note(Listener::Level::info, fmt::format("watching the commits of {} for {}", counted(groups.size(), "group"), format_took(window)));
  until.sleep(window);
  until.check("watching the commits of groups");
  auto second = looker.look(groups);
  for (std::size_t i = 0; i < undecided.size(); ++i) {
    undecided[i]->second = std::move(second[i]);
    undecided[i]->window = window;
    undecided[i]->at = now();
  }
}

}  // namespace

std::vector<GroupSights> look_at_groups(kafka::Cluster& cluster, const kafka::Settings& settings, Listener& to, const GroupLook& look,
                                        const Deadline& until) {
  need_topics(cluster, look.topics, until);
  Looker looker{cluster, settings, to, look, until};
  std::vector<GroupSights> all;
  for (auto& group : chosen(cluster.groups(until), look.names)) all.push_back({.group = std::move(group)});
  std::vector<const kafka::Group*> groups;
  for (const auto& sights : all) groups.push_back(&sights.group);
  auto first = looker.look(groups);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].first = std::move(first[i]), all[i].at = now();
  if (!look.topics.empty() && look.names.empty())
    std::erase_if(all, [](const GroupSights& sights) { return sights.first && sights.first->empty(); });

  look_again(looker, all, look.window, to, until);
  return all;
}

}  // namespace ctl::health
