#include "health/parity_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace ctl::health {
namespace {

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

void add_examples(Table& examples, const Compared& one) {
  for (const auto& d : one.parity.differences)
    examples.rows.push_back({{fmt::format("{}", d.id)},
                             {d.at ? fmt::format("{}", d.at->first) : "-"},
                             {d.at ? fmt::format("{}", d.at->second) : "-"},
                             {std::string{to_string(d.what)}, Style::bad},
                             {one.table}});
}

Value to_value(const Compared& one) {
  const auto& p = one.parity;
  Value value, examples{Value::List{}};
  for (const auto& d : p.differences) examples.push(health::to_value(d));
  value.set("table", one.table).set("topic", one.topic).set("rows", p.rows).set("in_topic", p.in_topic).set("application", p.application);
  value.set("missing", p.missing).set("duplicate", p.duplicate).set("altered", p.altered).set("misplaced", p.misplaced);
  value.set("extra", p.extra).set("not_moved", p.waiting).set("repaired", p.repaired).set("sample", one.sample);
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
  if (p.missing > 0)
    report.line(fmt::format("{}: what is missing can be sent: mykartctl events reconcile {} --repair", one.table, one.table));
  if (p.duplicate + p.altered + p.misplaced + p.extra > 0)
    report.line(
        fmt::format("{}: what is in the topic cannot be taken back or changed. Duplicate: readers see the event again; altered: it is "
                    "not what its row says; misplaced: in another partition than its key's, or before an earlier one of its key; extra: "
                    "it has no row",
                    one.table));
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
  Table summary{
      .head = {"TABLE", "ROWS", "IN-TOPIC", "MISSING", "DUPLICATE", "ALTERED", "MISPLACED", "EXTRA", "NOT-MOVED", "REPAIRED", "VERDICT"},
      .right = {1, 2, 3, 4, 5, 6, 7, 8, 9},
      .wide = {7, 8, 9}};
  Table examples{.head = {"ID", "PARTITION", "OFFSET", "KIND", "TABLE"}, .right = {0, 1, 2}};
  Value list{Value::List{}};
  for (const auto& one : tables) {
    add_row(summary, one);
    add_examples(examples, one);
    list.push(to_value(one));
    report.names.push_back(one.table);
  }
  report.data.set("tables", std::move(list));
  report.blocks.emplace_back(std::move(summary));
  if (!examples.rows.empty()) report.blocks.emplace_back(std::move(examples));
  for (const auto& one : tables) explain(report, one);
  report.ok = std::all_of(tables.begin(), tables.end(), [](const Compared& one) { return one.parity.equal(); });
  return report;
}

}  // namespace ctl::health
