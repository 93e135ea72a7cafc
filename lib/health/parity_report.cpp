#include "health/parity_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace ctl::health {
namespace {

using transfer::Difference;
using transfer::Parity;

void add_row(Table& summary, const Compared& one) {
  const auto& p = one.parity;
  const auto number = [](std::uint64_t n) { return Cell{format_count(n), n > 0 ? Style::bad : Style::plain}; };
  const auto style = p.equal() ? Style::good : p.differs() ? Style::bad : Style::warn;
  summary.rows.push_back({{one.table},
                          {format_count(p.rows)},
                          {format_count(p.in_topic)},
                          number(p.missing),
                          number(p.duplicate),
                          number(p.altered),
                          number(p.misplaced),
                          number(p.extra),
                          {format_count(p.waiting)},
                          {format_count(p.repaired)},
                          {p.differs() ? "DIFFERS" : std::string{verdict(p)}, style}});
}

constexpr std::array kinds{Difference::What::missing, Difference::What::duplicate, Difference::What::altered, Difference::What::misplaced,
                           Difference::What::extra};
constexpr std::size_t most_ranges = 20;  ///< of a kind and table that are shown

/// Where the event of a difference lies, if it is among those that were kept.
const Difference* kept(const Parity& p, Difference::What kind, std::int64_t id) {
  const auto found =
      std::find_if(p.differences.begin(), p.differences.end(), [&](const Difference& d) { return d.what == kind && d.id == id && d.at; });
  return found == p.differences.end() ? nullptr : &*found;
}

/// Ids that follow each other in one line; the place is that of the first one's event. Returns how many ranges are not shown.
std::size_t add_ranges(Table& table, const Compared& one, Difference::What kind) {
  std::size_t shown = 0;
  std::size_t left_out = 0;
  one.parity.ids.at(static_cast<std::size_t>(kind)).ranges([&](std::int64_t first, std::int64_t last) {
    if (shown == most_ranges) {
      ++left_out;
      return true;
    }
    ++shown;
    const auto* difference = kept(one.parity, kind, first);
    table.rows.push_back({{std::string{to_string(kind)}, Style::bad},
                          {first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last)},
                          {difference == nullptr ? "-" : fmt::format("{}", difference->at->first)},
                          {difference == nullptr ? "-" : fmt::format("{}", difference->at->second)},
                          {one.table}});
    return true;
  });
  return left_out;
}

Value to_value(const Compared& one) {
  const auto& p = one.parity;
  Value value, examples{Value::List{}};
  for (const auto& d : p.differences) examples.push(health::to_value(d));
  value.set("table", one.table).set("topic", one.topic).set("rows", p.rows).set("in_topic", p.in_topic).set("application", p.application);
  value.set("missing", p.missing).set("duplicate", p.duplicate).set("altered", p.altered).set("misplaced", p.misplaced);
  value.set("extra", p.extra).set("not_moved", p.waiting).set("repaired", p.repaired).set("sample", one.sample);
  value.set("below_millisecond", p.below_millisecond);
  value.set("moved_to_id", p.moved_to ? Value{*p.moved_to} : Value{}).set("from_id", one.from_id ? Value{*one.from_id} : Value{});
  return value.set("verdict", verdict(p)).set("examples", std::move(examples));
}

/// What the numbers mean for whoever has to do something now.
void explain(Report& report, const Compared& one) {
  const auto& p = one.parity;
  if (one.sample)
    report.line(fmt::format("{}: a sample of {}; it proves nothing about the others", one.table, counted(p.rows, "row")), Style::warn);
  if (p.waiting > 0)
    report.line(fmt::format("{}: {} {} not moved yet: mykartctl events backfill {}", one.table, counted(p.waiting, "row"),
                            p.moved_to ? fmt::format("after id {}", *p.moved_to) : "of a table that was never copied", one.table),
                Style::warn);
  const auto holes = one.sample ? p.missing : p.holes.size();
  if (holes > 0) report.line(fmt::format("{}: what is missing can be sent: mykartctl events reconcile {} --repair", one.table, one.table));
  if (p.missing > holes)
    report.line(fmt::format("{}: {} the id of another one and can have no event, for events are told apart by it: look for tables that "
                            "inherit from it",
                            one.table, p.missing - holes == 1 ? "1 row has" : counted(p.missing - holes, "row") + " have"),
                Style::warn);
  if (p.duplicate + p.altered + p.misplaced + p.extra > 0)
    report.line(
        fmt::format("{}: what is in the topic cannot be taken back or changed. Duplicate: readers see the event again; altered: it is "
                    "not what its row says; misplaced: in another partition than its key's, or before an earlier one of its key; extra: "
                    "it has no row",
                    one.table));
  if (p.below_millisecond > 0)
    report.line(fmt::format("{}: {} {} from their event below the millisecond, which the event does not carry (time_digits: 6 would)",
                            one.table, counted(p.below_millisecond, "row"), p.below_millisecond == 1 ? "differs" : "differ"),
                Style::warn);
  if (p.duplicate + p.altered + p.misplaced + p.extra > 0)
    report.line(
        fmt::format("{0}: the way on is a new topic and a new copy: name another one than {1} in topics.yaml, then mykartctl events "
                    "backfill {0}, and let readers go on there",
                    one.table, one.topic));
  if (p.repaired > 0)
    report.line(fmt::format("{}: {} brought by a repair, after later ones of the same key (header {})", one.table,
                            counted(p.repaired, "event"), transfer::repair_header),
                Style::faint);
}

}  // namespace

std::string_view verdict(const Parity& p) { return p.equal() ? "equal" : p.differs() ? "differs" : "behind"; }

Value to_value(const transfer::Difference& d) {
  Value value;
  value.set("id", d.id).set("partition", d.at ? Value{d.at->first} : Value{}).set("offset", d.at ? Value{d.at->second} : Value{});
  return value.set("kind", to_string(d.what));
}

Report parity_report(std::span<const Compared> tables) {
  Report report{.kind = "reconcile"};
  constexpr std::size_t not_moved = 8;
  constexpr std::size_t repaired = 9;
  Table summary{
      .head = {"TABLE", "ROWS", "IN-TOPIC", "MISSING", "DUPLICATE", "ALTERED", "MISPLACED", "EXTRA", "NOT-MOVED", "REPAIRED", "VERDICT"},
      .right = {1, 2, 3, 4, 5, 6, 7, not_moved, repaired}};
  const auto nowhere = [&](auto number) {
    return std::none_of(tables.begin(), tables.end(), [&](const Compared& one) { return one.parity.*number > 0; });
  };
  if (nowhere(&Parity::waiting)) summary.wide.push_back(not_moved);
  if (nowhere(&Parity::repaired)) summary.wide.push_back(repaired);
  Table ranges{.head = {"KIND", "IDS", "PARTITION", "OFFSET", "TABLE"}, .right = {2, 3}};
  Value list{Value::List{}};
  for (const auto& one : tables) {
    add_row(summary, one);
    std::size_t left_out = 0;
    for (const auto kind : kinds) left_out += add_ranges(ranges, one, kind);
    if (left_out > 0)
      report.line(fmt::format("{}: {} of ids not shown: --out FILE has all of them", one.table, counted(left_out, "other range")),
                  Style::faint);
    list.push(to_value(one));
    report.names.push_back(one.table);
  }
  report.data.set("tables", std::move(list));
  if (!ranges.rows.empty()) report.blocks.insert(report.blocks.begin(), std::move(ranges));
  for (const auto& one : tables) explain(report, one);
  report.blocks.emplace_back(std::move(summary));
  report.ok = std::all_of(tables.begin(), tables.end(), [](const Compared& one) { return one.parity.equal(); });
  return report;
}

}  // namespace ctl::health
