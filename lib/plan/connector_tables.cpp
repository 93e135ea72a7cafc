// What the captured tables themselves are.
#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "model/include_list.hpp"
#include "plan/connector_publication.hpp"
#include "plan/sql_name.hpp"

namespace ctl::plan {
namespace {

constexpr std::string_view take_out = "take it out of table.include.list";

std::string names(const std::vector<TableName>& tables) {
  std::vector<std::string> all;
  for (const auto& table : tables) all.push_back(to_string(table));
  return join(all, ", ");
}

std::string statements(const std::vector<TableName>& tables, std::string_view does) {
  std::vector<std::string> all;
  for (const auto& table : tables) all.push_back(fmt::format("ALTER TABLE {} {}", sql_name(table), does));
  return join(all, "; ");
}

/// A publication holds ordinary and partitioned tables whose changes are in the WAL.
std::optional<std::string> unpublishable(const CapturedTable& table) {
  if (table.kind == 'v') return "is a view";
  if (table.kind == 'm') return "is a materialized view";
  if (table.kind == 'f') return "is a foreign table";
  if (table.persistence == 't') return "is a temporary table";
  return std::nullopt;
}

struct Judge {
  const WantedConnector& wanted;
  const CapturedTable& table;
  std::vector<Obstacle>& found;
  std::string name{to_string(table.table)};

  void add(std::string why, std::string remedy, bool loses = true) const {
    found.push_back({.why = std::move(why), .remedy = std::move(remedy), .table = table.table, .loses = loses});
  }
  void absent() const {
    if (wanted.tables_to_come) return;
    if (table.siblings.empty()) return add(name + " does not exist", fmt::format("create it, or {}", take_out));
    add(fmt::format("{} does not exist, {} does: a name is taken as it is written", name, names(table.siblings)),
        fmt::format("write {} in table.include.list", include_entry(table.siblings.front())));
  }
  void known_by() const {
    if (!table.identifiable())
      add(fmt::format(
              "{} has no {}: once published, UPDATE and DELETE on it fail", name,
              table.identity_is_void ? "usable replica identity (its index is gone, or its primary key deferrable)" : "primary key"),
          fmt::format("ALTER TABLE {} REPLICA IDENTITY FULL", sql_name(table.table)), false);
    if (!table.leaves_without_identity.empty())
      add(fmt::format("{} of {}: once published, UPDATE and DELETE fail there for want of a primary key",
                      names(table.leaves_without_identity), name),
          statements(table.leaves_without_identity, "REPLICA IDENTITY FULL"), false);
  }
  void parts() const {
    if (!table.leaves_without_changes.empty())
      add(fmt::format("{} of {}: foreign and unlogged partitions have no changes in the WAL", names(table.leaves_without_changes), name),
          statements(table.leaves_without_changes, "SET LOGGED") + ", or detach them");
    const auto captured = wanted.spec.tables();
    auto left = table.children;
    std::erase_if(left, [&](const TableName& child) { return std::find(captured.begin(), captured.end(), child) != captured.end(); });
    if (!left.empty())
      add(fmt::format("{} inherits from {}: its rows are in the snapshot, and their changes never arrive", names(left), name),
          "capture it too, or " + statements(left, "NO INHERIT " + sql_name(table.table)));
  }
  /// Java's (?-i) turns off what Debezium turns on.
  [[nodiscard]] std::string exact_entry(const std::vector<TableName>& others) const {
    const auto entry = "(?-i)" + include_entry(table.table);
    const auto exact = included_table(entry);
    const bool enough = exact && std::none_of(others.begin(), others.end(), [&](const TableName& other) { return exact->takes(other); });
    return enough ? fmt::format("write {} in table.include.list", entry) : "give one of them another name";
  }
  void taken_for_it() const {
    const auto captured = wanted.spec.tables();
    auto others = table.siblings;
    std::erase_if(others, [&](const TableName& other) { return std::find(captured.begin(), captured.end(), other) != captured.end(); });
    if (!others.empty())
      add(fmt::format("table.include.list takes {} as well as {}: Debezium compares names without their case, as patterns", names(others),
                      name),
          exact_entry(others));
  }
};

}  // namespace

std::vector<Obstacle> table_obstacles(const WantedConnector& wanted, const SeenDatabase& in) {
  std::vector<Obstacle> found;
  for (const auto& table : in.tables) {
    const Judge judge{wanted, table, found};
    if (!table.exists) {
      judge.absent();
      continue;
    }
    if (const auto what = unpublishable(table)) {
      judge.add(fmt::format("{} {}, and a publication holds tables only", judge.name, *what), std::string{take_out});
      continue;
    }
    if (table.persistence == 'u')
      judge.add(judge.name + " is unlogged: its changes are not in the WAL", statements({table.table}, "SET LOGGED"));
    judge.known_by();
    judge.parts();
    if (table.hides_rows)
      judge.add(fmt::format("row security hides rows of {} from role {}", judge.name, wanted.spec.get("database.user")),
                fmt::format("ALTER ROLE {} BYPASSRLS", sql_name(wanted.spec.get("database.user"))));
    judge.taken_for_it();
  }
  return found;
}

}  // namespace ctl::plan
