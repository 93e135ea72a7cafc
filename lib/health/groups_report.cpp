#include <fmt/format.h>

#include "core/text.hpp"
#include "health/checks.hpp"
#include "health/groups.hpp"

namespace ctl::health {
namespace {

constexpr std::string_view not_known = "?", none = "-";

Cell cell_of(GroupVerdict verdict) { return {std::string{to_string(verdict)}, style_of(verdict)}; }

std::vector<Cell> row_of(const GroupStatus& status) {
  const auto& group = *status.group;
  return {{group.name},
          {group.state == "Unknown" ? std::string{not_known} : group.state},
          {group.members ? fmt::format("{}", group.members->size()) : std::string{not_known}},
          {status.partitions.empty() && status.verdict == GroupVerdict::unknown ? std::string{not_known}
                                                                                : fmt::format("{}", status.topics.size())},
          {lag_text(status.lag)},
          {lag_text(status.lag_time)},
          cell_of(status.verdict)};
}

std::string client_of(const GroupStatus& group, const PartitionStatus& partition) {
  if (partition.member != nullptr) return to_string(*partition.member);
  return std::string{group.group->members ? none : not_known};
}

void add_detail(Report& report, const GroupStatus& status) {
  const auto offset = [](const Known<std::int64_t>& at) { return at ? fmt::format("{}", *at) : std::string{not_known}; };
  report.line("").line(status.group->name, Style::strong);
  if (!status.group->members) report.line(one_line(status.group->members.error()), Style::warn);
  Table table{.head = {"TOPIC", "PARTITION", "COMMITTED", "STABLE", "END", "LAG", "LAG-TIME", "VERDICT", "CLIENT"},
              .right = {1, 2, 3, 4, 5, 6},
              .wide = {3}};
  for (const auto& [partition, one] : status.partitions)
    table.rows.push_back({{partition.topic},
                          {fmt::format("{}", partition.id)},
                          {one.sight->committed ? fmt::format("{}", *one.sight->committed) : std::string{none}},
                          {offset(one.sight->stable)},
                          {offset(one.sight->end)},
                          {lag_text(one.lag)},
                          {lag_text(one.lag_time)},
                          cell_of(one.verdict),
                          {client_of(status, one)}});
  if (table.rows.empty())
    report.line(status.why.empty() ? "nothing is committed, and nothing is read" : status.why, style_of(status.verdict));
  else
    report.blocks.emplace_back(std::move(table));
  if (status.group->members)
    for (const auto& member : *status.group->members)
      if (member.assigned.empty()) report.line(to_string(member) + " has no partition to read", Style::faint);
  for (const auto& [partition, one] : status.partitions)
    if (!one.why.empty()) report.line(fmt::format("{}: {}", to_string(partition), one.why), style_of(one.verdict));
}

}  // namespace

Style style_of(GroupVerdict verdict) {
  switch (verdict) {
    case GroupVerdict::ok: return Style::good;
    case GroupVerdict::unknown:
    case GroupVerdict::warn: return Style::warn;
    case GroupVerdict::rewind:
    case GroupVerdict::stall:
    case GroupVerdict::stop: return Style::bad;
  }
  return Style::plain;
}

std::string lag_text(const Known<kafka::Unread>& lag) {
  if (!lag) return std::string{not_known};
  return (lag->exact ? "" : "≤ ") + format_count(static_cast<std::uint64_t>(lag->records));
}

std::string lag_text(const Known<std::optional<std::chrono::milliseconds>>& time) {
  if (!time) return std::string{not_known};
  return *time ? format_took(**time) : std::string{none};
}

Report groups_report(std::span<const GroupStatus> all, std::string kind, bool detail) {
  Report report{.kind = std::move(kind)};
  std::map<GroupVerdict, std::size_t> counts;
  Value groups{Value::List{}}, summary;
  Table table{.head = {"GROUP", "STATE", "MEMBERS", "TOPICS", "LAG", "LAG-TIME", "VERDICT"}, .right = {2, 3, 4, 5}};
  for (const auto& status : all) {
    ++counts[status.verdict];
    groups.push(to_value(status, fmt::format("groups[{}]", groups.list()->size()), report.unknown));
    table.rows.push_back(row_of(status));
    report.names.push_back(status.group->name);
  }
  summary.set("groups", all.size());
  for (const auto verdict :
       {GroupVerdict::ok, GroupVerdict::warn, GroupVerdict::stall, GroupVerdict::stop, GroupVerdict::rewind, GroupVerdict::unknown})
    summary.set(std::string{to_string(verdict)}, counts[verdict]);
  report.data.set("summary", std::move(summary)).set("groups", std::move(groups));
  report.ok = good(all);
  if (all.empty()) return std::move(report.line("no consumer group"));
  report.blocks.emplace_back(std::move(table));
  for (const auto& status : all)
    if (detail)
      add_detail(report, status);
    else if (!status.why.empty())
      report.line(fmt::format("{}: {}", status.group->name, status.why), style_of(status.verdict));
  return report;
}

}  // namespace ctl::health
