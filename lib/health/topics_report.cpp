#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "health/checks.hpp"
#include "health/topics.hpp"

namespace ctl::health {
namespace {

constexpr std::string_view not_known = "?", not_asked = "-";

std::string retention_text(const TopicStatus& status) {
  auto text = format_retention(config_number(*status.state, "retention.ms"));
  if (!status.held) return text;
  if (!same_config(config_text(*status.state, "retention.ms").value_or(""), status.held->value)) return text + " (NOT held)";
  return text + (status.held->was ? fmt::format(" (held, was {})", format_retention(parse_integer(*status.held->was))) : " (held)");
}

Style style_of(TopicVerdict verdict) {
  switch (verdict) {
    case TopicVerdict::ok: return Style::good;
    case TopicVerdict::drift:
    case TopicVerdict::unknown: return Style::warn;
    case TopicVerdict::missing:
    case TopicVerdict::degraded: return Style::bad;
  }
  return Style::plain;
}

std::string count_text(const Known<std::int64_t>& n) { return n ? format_count(static_cast<std::uint64_t>(*n)) : std::string{not_known}; }

std::vector<Cell> row_of(const TopicStatus& status, const TopicSights& sights) {
  const auto style = style_of(status.verdict);
  std::vector<Cell> row{{status.name},
                        {status.declared != nullptr ? status.declared->family : std::string{not_asked}},
                        {std::string{to_string(status.verdict)}, style}};
  if (status.state == nullptr) {
    row.insert(row.end(), 7, Cell{std::string{not_asked}, Style::faint});
    return row;
  }
  std::size_t in_sync = 0, replicas = 0;
  for (const auto& partition : status.state->partitions) in_sync += partition.isr.size(), replicas += partition.replicas.size();
  row.push_back({fmt::format("{}", status.state->partitions.size())});
  row.push_back({fmt::format("{}/{}", in_sync, replicas), in_sync < replicas ? Style::bad : Style::plain});
  row.push_back({retention_text(status)});
  row.push_back({count_text(status.span)});
  const auto rate = sights.rate.find(status.name);
  row.push_back({rate == sights.rate.end() ? std::string{not_asked}
                 : rate->second            ? fmt::format("{:.1f}/s", *rate->second)
                                           : std::string{not_known}});
  const auto event = sights.last_event.find(status.name);
  row.push_back({event == sights.last_event.end() || (event->second && !*event->second) ? std::string{not_asked}
                 : !event->second                                                       ? std::string{not_known}
                                                                                        : format_instant(**event->second)});
  row.push_back({sights.groups ? fmt::format("{}", status.lag.size()) : std::string{not_known}});
  return row;
}

void add_detail(Report& report, const TopicStatus& status, const TopicSights& sights) {
  if (status.state == nullptr) return;
  report.line("").line(status.name, Style::strong);
  Table partitions{.head = {"PARTITION", "LEADER", "ISR", "START", "END", "STABLE"}, .right = {0, 1, 3, 4, 5}};
  for (const auto& partition : status.state->partitions) {
    const auto bounds = sights.bounds.find({status.name, partition.id});
    const auto offset = [&](Known<std::int64_t> kafka::Bounds::*which) {
      if (bounds == sights.bounds.end()) return Cell{std::string{not_asked}};
      const auto& fact = bounds->second.*which;
      return Cell{fact ? fmt::format("{}", *fact) : std::string{not_known}};
    };
    partitions.rows.push_back(
        {{fmt::format("{}", partition.id)},
         {partition.leader < 0 ? "none" : fmt::format("{}", partition.leader), partition.leader < 0 ? Style::bad : Style::plain},
         {fmt::format("{}", fmt::join(partition.isr, ",")), partition.isr.size() < partition.replicas.size() ? Style::bad : Style::plain},
         offset(&kafka::Bounds::start),
         offset(&kafka::Bounds::end),
         offset(&kafka::Bounds::stable)});
  }
  report.blocks.emplace_back(std::move(partitions));
  Table configs{.head = {"CONFIG", "VALUE", "ORIGIN"}};
  for (const auto& [key, entry] : status.state->config)
    if (entry.origin == Origin::topic || (status.declared != nullptr && status.declared->config.contains(key)))
      configs.rows.push_back({{key},
                              {entry.value.value_or("(sensitive)")},
                              {entry.origin == Origin::topic    ? "topic"
                               : entry.origin == Origin::broker ? "broker"
                                                                : "default"}});
  if (!configs.rows.empty()) report.line(""), report.blocks.emplace_back(std::move(configs));
  Table groups{.head = {"GROUP", "LAG"}, .right = {1}};
  for (const auto& [group, lag] : status.lag) groups.rows.push_back({{group}, {count_text(lag)}});
  if (!groups.rows.empty()) report.line(""), report.blocks.emplace_back(std::move(groups));
}

/// Another value than the manifest's is wanted until finalize.
bool is_held(const TopicSights& sights, const std::string& topic, const std::string& path) {
  return sights.holds && std::any_of(sights.holds->begin(), sights.holds->end(),
                                     [&](const HeldConfig& held) { return held.topic == topic && path == "config." + held.key; });
}

}  // namespace

Report topics_report(std::span<const TopicStatus> all, const TopicSights& sights, bool detail) {
  Report report{.kind = "topics_status"};
  std::map<TopicVerdict, std::size_t> counts;
  std::size_t declared = 0;
  Value topics{Value::List{}};
  Table table{.head = {"TOPIC", "FAMILY", "VERDICT", "PARTS", "ISR", "RETENTION", "RECORDS≤", "RATE", "LAST-EVENT", "GROUPS"},
              .right = {3, 4, 6, 7, 9}};
  for (const auto& status : all) {
    ++counts[status.verdict];
    declared += status.declared != nullptr ? 1 : 0;
    topics.push(to_value(status, sights, fmt::format("topics[{}]", topics.list()->size()), report.unknown));
    table.rows.push_back(row_of(status, sights));
    report.names.push_back(status.name);
  }
  if (!sights.groups)
    report.unknown.push_back({"topics[].groups", one_line(sights.groups.error())});
  else
    for (const auto& [group, commits] : *sights.groups)
      if (!commits) report.unknown.push_back({"topics[].groups", group + ": " + one_line(commits.error())});
  Value summary;
  summary.set("declared", declared);
  for (const auto verdict : {TopicVerdict::ok, TopicVerdict::drift, TopicVerdict::missing, TopicVerdict::degraded, TopicVerdict::unknown})
    summary.set(std::string{to_string(verdict)}, counts[verdict]);
  report.data.set("summary", std::move(summary)).set("topics", std::move(topics));
  report.blocks.emplace_back(std::move(table));
  for (const auto& status : all) {
    for (const auto& drift : status.drift)
      report.line(fmt::format("{}: {} is {}, {} {}", status.name, drift.path, drift.found.value_or("not set"),
                              is_held(sights, status.name, drift.path) ? "and is held at" : "declared", drift.declared.value_or("not set")),
                  Style::warn);
    for (const int partition : status.offline)
      report.line(fmt::format("{}: partition {} has no leader", status.name, partition), Style::bad);
    if (!status.under_replicated.empty())
      report.line(fmt::format("{}: replicas are behind in partition {}", status.name, fmt::join(status.under_replicated, ", ")),
                  Style::bad);
    if (status.verdict == TopicVerdict::missing)
      report.line(fmt::format("{} does not exist. Create it: mykartctl topics apply", status.name), Style::bad);
    if (status.verdict == TopicVerdict::unknown) report.line(fmt::format("{}: {}", status.name, status.why), Style::warn);
  }
  if (detail)
    for (const auto& status : all) add_detail(report, status, sights);
  return report;
}

}  // namespace ctl::health
