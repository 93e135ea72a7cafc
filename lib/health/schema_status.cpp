#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "health/views.hpp"
#include "postgres/catalog.hpp"

namespace ctl::health {
namespace {

std::string state_of(const Migration& m, const std::map<std::string, MigrationState>& recorded) {
  const auto found = recorded.find(m.id);
  if (found == recorded.end()) return "pending";
  if (found->second.state != "reverted" && found->second.digest != m.digest) return "changed";
  return found->second.state;
}

void add_migrations(Report& report, Sources& from, const Deadline& until) {
  const auto recorded = from.journal().migrations(until);
  Value list{Value::List{}};
  Table table{.head = {"MIGRATION", "PHASE", "STATE", "WHEN", "BY"}};
  for (const auto& m : from.around.project.migrations) {
    const auto found = recorded.find(m.id);
    const auto state = state_of(m, recorded);
    const std::string phase = m.phase == Migration::Phase::expand    ? "expand"
                              : m.run_by == Migration::RunBy::deploy ? "contract (deploy)"
                                                                     : "contract (finalize)";
    const auto when = found == recorded.end() ? std::string{} : format_instant(found->second.at);
    const auto by = found == recorded.end() ? std::string{} : found->second.by;
    table.rows.push_back({{m.id}, {phase}, {state, state == "changed" ? Style::bad : Style::plain}, {when}, {by}});
    Value one;
    one.set("id", m.id)
        .set("phase", m.phase == Migration::Phase::expand ? "expand" : "contract")
        .set("run_by", m.run_by == Migration::RunBy::deploy ? "deploy" : "finalize");
    list.push(one.set("state", state).set("at", when.empty() ? Value{} : Value{when}).set("by", by.empty() ? Value{} : Value{by}));
    report.names.push_back(m.id);
  }
  report.data.set("migrations", std::move(list));
  report.blocks.emplace_back(std::move(table));
}

std::string role_of(const Project& project, const TableName& table) {
  const auto core = project.core_tables();
  if (std::find(core.begin(), core.end(), table) != core.end()) return "core";
  if (table.schema == "mykartctl") return "tool";
  for (const auto& declared : project.tables) {
    if (declared.table == table) return "source";
    if (declared.table.name == table.name && table.schema == project.retired_schema) return "retired";
  }
  return "other";
}

void add_tables(Report& report, Sources& from, const Deadline& until) {
  const auto& project = from.around.project;
  std::set<std::string> schemas{project.retired_schema, "mykartctl"};
  for (const auto& table : project.core_tables()) schemas.insert(table.schema);
  for (const auto& table : project.tables) schemas.insert(table.table.schema);
  Value list{Value::List{}};
  Table table{.head = {"TABLE", "SCHEMA", "ROLE", "ROWS~", "DEPENDENTS"}, .right = {3}};
  for (const auto& schema : schemas)
    for (const auto& name : postgres::tables(from.database(), schema, until)) {
      const auto info = postgres::table(from.database(), name, until);
      if (!info) continue;
      std::vector<std::string> dependents;
      for (const auto& d : info->dependents) dependents.push_back(d.kind + " " + d.name);
      const auto role = role_of(project, name);
      table.rows.push_back({{name.name}, {name.schema}, {role}, {format_count(info->rows_estimate)}, {join(dependents, ", ")}});
      Value one, all{Value::List{}};
      for (auto& d : dependents) all.push(std::move(d));
      list.push(one.set("table", name.name)
                    .set("schema", name.schema)
                    .set("role", role)
                    .set("rows_estimate", info->rows_estimate)
                    .set("dependents", std::move(all)));
    }
  report.data.set("tables", std::move(list));
  report.blocks.emplace_back(std::move(table));
}

}  // namespace

Report schema_status(Sources& from, const Deadline& until) {
  Report report{.kind = "schema_status"};
  add_migrations(report, from, until);
  report.line("");
  add_tables(report, from, until);
  return report;
}

}  // namespace ctl::health
