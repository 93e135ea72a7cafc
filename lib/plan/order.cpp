#include "plan/order.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"

namespace ctl::plan {
namespace {

void add_tables(std::vector<Stop>& order, const Project& project, const std::string& phase, Kind kind) {
  for (const auto& table : project.tables) order.push_back({phase, {kind, to_string(table.table)}});
}
void add_topics(std::vector<Stop>& order, const Project& project) {
  for (const auto& topic : project.topics) order.push_back({"topics", {Kind::topic, topic.name}});
}
void add_connectors(std::vector<Stop>& order, const Project& project) {
  for (const auto& connector : project.connectors) order.push_back({"connector", {Kind::connector, connector.name}});
}
bool retires(const Migration& m) { return m.phase == Migration::Phase::contract && m.run_by == Migration::RunBy::deploy; }

}  // namespace

std::vector<Stop> deploy_order(const Project& project) {
  std::vector<Stop> order;
  for (const auto& m : project.migrations)
    if (m.phase == Migration::Phase::expand) order.push_back({"schema", {Kind::schema, m.id}});
  for (const auto& connector : project.connectors) order.push_back({"schema", {Kind::access, connector.name}});
  add_topics(order, project);
  add_tables(order, project, "backfill", Kind::data);
  order.push_back({"fence", {Kind::gate, "writers-gone"}});
  order.push_back({"fence", {Kind::gate, "fence"}});
  add_tables(order, project, "reconcile", Kind::parity);
  add_connectors(order, project);  // captures fewer tables before they are retired
  for (const auto& m : project.migrations)
    if (retires(m)) order.push_back({"retire", {Kind::schema, m.id}});
  return order;
}

std::vector<Stop> rollback_order(const Project& project) {
  std::vector<Stop> order;
  for (auto m = project.migrations.rbegin(); m != project.migrations.rend(); ++m)
    if (retires(*m)) order.push_back({"restore", {Kind::schema, m->id}});
  order.push_back({"restore", {Kind::gate, "unfence"}});
  add_tables(order, project, "replay", Kind::data);
  order.push_back({"final", {Kind::gate, "writers-gone"}});
  add_tables(order, project, "reconcile", Kind::parity);
  add_connectors(order, project);  // captures more tables after they are back
  add_topics(order, project);
  return order;
}

const std::vector<std::string>& phases(std::string_view direction) {
  static const std::vector<std::string> deploy{"preflight", "schema",    "topics",    "backfill", "tail",
                                               "fence",     "reconcile", "connector", "retire",   "verify"};
  static const std::vector<std::string> rollback{"preflight",   "restore",   "replay",    "tail",   "final",
                                                 "constraints", "reconcile", "connector", "topics", "verify"};
  return direction == "rollback" ? rollback : deploy;
}

std::vector<Stop> up_to(std::vector<Stop> order, std::string_view direction, std::string_view phase) {
  if (phase.empty()) return order;
  const auto& known = phases(direction);
  const auto place = [&](std::string_view name) { return std::find(known.begin(), known.end(), name) - known.begin(); };
  if (place(phase) == static_cast<std::ptrdiff_t>(known.size())) {
    const auto near = nearest(phase, known);
    throw Error{Code::usage,
                {.what = "unknown phase '" + std::string{phase} + "'",
                 .hint = near ? "did you mean " + *near + "?" : "phases are: " + join(known, " ")}};
  }
  std::erase_if(order, [&](const Stop& stop) { return place(stop.phase) > place(phase); });
  return order;
}

}  // namespace ctl::plan
