#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "health/groups.hpp"
#include "health/status_parts.hpp"

namespace ctl::health {
namespace {

/// Of those topics that exist: a missing one is said elsewhere, and nobody reads it.
std::vector<std::string> declared_topics(Sources& from, const Deadline& until) {
  const auto existing = from.kafka.topics(until);
  std::vector<std::string> names;
  for (const auto& spec : from.around.project.topics)
    if (std::binary_search(existing.begin(), existing.end(), spec.name)) names.push_back(spec.name);
  return names;
}

}  // namespace

void say_groups(Answer& answer, Sources& from, const Deadline& until) {
  Value groups{Value::List{}};
  Table table{.head = {"GROUP", "LAG", "LAG-TIME", "VERDICT"}, .right = {1, 2}};
  const auto known = attempt([&] {
    GroupLook look{.topics = declared_topics(from, until)};
    return look.topics.empty() ? std::vector<GroupSights>{}
                               : look_at_groups(from.kafka, from.around.kafka, from.around.listener, look, until);
  });
  if (!known) answer.unknown("groups", known.error());
  for (const auto& sights : known ? *known : std::vector<GroupSights>{}) {
    const auto status = judge_group(sights);
    const auto value = to_value(status, fmt::format("groups[{}]", groups.list()->size()), answer.report.unknown);
    Value one;
    for (const auto* key : {"group", "state", "lag", "lag_exact", "lag_ms", "verdict"}) one.set(key, *value.find(key));
    groups.push(std::move(one));
    const auto style = style_of(status.verdict);
    table.rows.push_back(
        {{status.group->name}, {lag_text(status.lag)}, {lag_text(status.lag_time)}, {std::string{to_string(status.verdict)}, style}});
    if (status.verdict == GroupVerdict::unknown) answer.good = false;
    if (status.verdict != GroupVerdict::ok)
      answer.problem("group", "group " + status.group->name, status.why, "mykartctl groups status " + status.group->name, false);
  }
  answer.report.data.set("groups", std::move(groups));
  if (!table.rows.empty()) answer.report.blocks.emplace_back(std::move(table));
}

}  // namespace ctl::health
