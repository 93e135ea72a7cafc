// Whether the rows of the event tables can be events at all: their columns, and each value that was not moved yet.
#include <fmt/format.h>

#include "core/text.hpp"
#include "health/event_rows.hpp"
#include "health/preflight.hpp"
#include "sql/queries.hpp"
#include "transfer/table_problems.hpp"

namespace ctl::health {
namespace {

void columns(std::vector<Check>& into, const EventTable& table, const std::vector<Error>& problems) {
  for (const auto& problem : problems)
    into.push_back({.id = "columns",
                    .target = to_string(table.table),
                    .result = Result::fail,
                    .found = one_line(problem),
                    .fix = problem.text().hint});
  if (problems.empty())
    into.push_back(
        {.id = "columns", .target = to_string(table.table), .found = counted(table.fields.size(), "field") + ", all can be carried"});
}

void rows(std::vector<Check>& into, Sources& from, const EventTable& table, const TableInfo& info, const Deadline& until) {
  const auto left = transfer::unmoved(from.database(), from.around.kafka, table, info, from.around.listener, until);
  const bool none = !left.newest || (left.last_id && *left.last_id >= *left.newest);
  if (none) {
    into.push_back({.id = "rows", .target = to_string(table.table), .found = "none that is not moved"});
    return;
  }
  const auto looked = look_at_rows(from.around, from.kafka, table, left, until, from.around.listener);
  for (const auto& hazard : looked.rows.found)
    into.push_back({.id = refuses(hazard) ? "rows" : "microseconds",
                    .target = to_string(table.table),
                    .result = refuses(hazard) ? Result::fail : Result::warn,
                    .found = describe(hazard, looked.limits),
                    .fix = remedy(hazard, looked.limits, table)});
  const auto number = counted(looked.rows.rows, "row");
  if (!looked.rows.complete)
    into.push_back({.id = "rows",
                    .target = to_string(table.table),
                    .result = Result::unknown,
                    .found = fmt::format("only {} of about {} were looked at in the time", number, format_count(left.rows)),
                    .fix = "mykartctl preflight --only data --timeout 30m"});
  else if (!looked.rows.refuses_any())
    into.push_back({.id = "rows", .target = to_string(table.table), .found = number + " looked at, each can be an event"});
}

}  // namespace

std::optional<std::string> other_kind(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  const auto found = session.query(sql::relation_kind, postgres::Names{{"schema", table.table.schema}, {"table", table.table.name}}, until);
  if (found.size() == 0 || found.text(0, "kind") == "table") return std::nullopt;
  return found.text(0, "kind");
}

std::string no_source(const EventTable& table, const std::string& kind) {
  return fmt::format("{} is a {}, whose rows cannot be followed", to_string(table.table), kind);
}

LookedAt look_at_rows(const Surroundings& around, kafka::Cluster& kafka, const EventTable& table, const transfer::Unmoved& left,
                      const Deadline& until, Listener& to) {
  const auto* spec = around.project.topic(table.topic);
  LookedAt looked{.limits = transfer::record_limits(kafka, around.kafka, table.topic, spec != nullptr ? spec->config : Config{}, until)};
  looked.rows = transfer::row_hazards(around.database, table, left.last_id, looked.limits, left.rows, to, until);
  return looked;
}

void check_rows(std::vector<Check>& into, Sources& from, const Deadline& until) {
  for (const auto& declared : from.around.project.tables)
    ask(into, "rows", to_string(declared.table), [&] {
      const auto located = locate(from.around.project, declared, from.database(), until);
      if (!located || located->retired) return;
      const auto table = at(declared, *located);
      const auto problems = transfer::table_problems(table, located->info);
      columns(into, table, problems);
      if (problems.empty()) rows(into, from, table, located->info, until);
    });
}

}  // namespace ctl::health
