// The publication: what it has and what it shall have.
#include "plan/connector_publication.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "plan/sql_name.hpp"

namespace ctl::plan {
namespace {

std::string name_of(const ConnectorSpec& spec) { return spec.get("publication.name", "dbz_publication"); }

bool has(const std::vector<TableName>& tables, const TableName& table) {
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

/// The words of `publish` that are missing, for what the connector does not skip itself (skipped.operations, by default truncate).
std::vector<std::string> missing_operations(const ConnectorSpec& spec, const Publication& publication) {
  const auto skipped = split(spec.get("skipped.operations", "t"), ',');
  const auto wanted = [&](const char* letter) { return std::find(skipped.begin(), skipped.end(), letter) == skipped.end(); };
  std::vector<std::string> missing;
  if (!publication.inserts && wanted("c")) missing.emplace_back("insert");
  if (!publication.updates && wanted("u")) missing.emplace_back("update");
  if (!publication.deletes && wanted("d")) missing.emplace_back("delete");
  if (!publication.truncates && wanted("t")) missing.emplace_back("truncate");
  return missing;
}

std::string all_operations(const Publication& publication, const std::vector<std::string>& missing) {
  std::vector<std::string> all;
  const auto add = [&](bool published, const char* word) {
    if (published || std::find(missing.begin(), missing.end(), word) != missing.end()) all.emplace_back(word);
  };
  add(publication.inserts, "insert");
  add(publication.updates, "update");
  add(publication.deletes, "delete");
  add(publication.truncates, "truncate");
  return join(all, ", ");
}

/// Somebody has decided that a part of the table is nobody's business; the tool does not decide otherwise by itself.
void narrowed(const CapturedTable& table, const std::string& publication, std::vector<Obstacle>& found) {
  std::vector<std::string> by;
  if (table.row_filter) by.push_back("only rows with " + *table.row_filter);
  if (!table.left_out.empty()) by.push_back("no column " + join(table.left_out, ", "));
  if (by.empty()) return;
  const auto name = sql_name(table.table);
  found.push_back({.why = fmt::format("publication {} has {} of {}", publication, join(by, " and "), to_string(table.table)),
                   .remedy = fmt::format("BEGIN; ALTER PUBLICATION {0} DROP TABLE {1}; ALTER PUBLICATION {0} ADD TABLE ONLY {1}; COMMIT",
                                         publication, name),
                   .table = table.table,
                   .loses = true});
}

void publication_obstacles(const WantedConnector& wanted, const SeenDatabase& in, std::vector<Obstacle>& found) {
  const auto& publication = *in.publication;
  const auto& name = publication.name;
  if (const auto missing = missing_operations(wanted.spec, publication); !missing.empty())
    found.push_back({.why = fmt::format("publication {} publishes no {}", name, join(missing, ", ")),
                     .remedy = fmt::format("ALTER PUBLICATION {} SET (publish = '{}')", name, all_operations(publication, missing)),
                     .loses = true});
  if (publication.all_tables)
    found.push_back({.why = fmt::format("publication {} is FOR ALL TABLES, and that cannot be altered", name),
                     .remedy = in.slot ? start_over(wanted.spec) : fmt::format("DROP PUBLICATION {}, then apply", name)});
  if (!publication.schemas.empty()) {
    std::vector<std::string> schemas, missing;
    for (const auto& schema : publication.schemas) schemas.push_back(sql_name(schema));
    for (const auto& table : membership(wanted.spec, publication.tables).missing) missing.push_back("ONLY " + sql_name(table));
    const auto add = missing.empty() ? "" : fmt::format("ALTER PUBLICATION {} ADD TABLE {}; ", name, join(missing, ", "));
    found.push_back(
        {.why = fmt::format("publication {} is FOR TABLES IN SCHEMA {}: it has tables that nobody wants captured, those to come included",
                            name, join(schemas, ", ")),
         .remedy = fmt::format("BEGIN; {}ALTER PUBLICATION {} DROP TABLES IN SCHEMA {}; COMMIT", add, name, join(schemas, ", "))});
  }
  for (const auto& table : in.tables) narrowed(table, name, found);
}

/// With publish_via_partition_root the changes of a partition come under the name of the highest table that is published.
void root_obstacles(const WantedConnector& wanted, const SeenDatabase& in, std::vector<Obstacle>& found) {
  const auto captured = wanted.spec.tables();
  const bool via_root = wants_root(in) || (in.publication && in.publication->via_root);
  for (const auto& table : in.tables)
    for (const auto& above : table.ancestors) {
      const bool stays = has(captured, above) || is_side_table(wanted.spec, above) ||
                         (in.publication && publishes(*in.publication, above) && !has(in.publication->tables, above));
      if (!via_root || !stays) continue;
      found.push_back(
          {.why = fmt::format("{} is a partition of {}, under whose name its changes arrive", to_string(table.table), to_string(above)),
           .remedy = "capture the partitioned table or its partitions, not both",
           .table = table.table,
           .loses = true});
      break;
    }
}

}  // namespace

std::string publication_path(const ConnectorSpec& spec) { return "publication/" + name_of(spec); }
std::string root_path(const ConnectorSpec& spec) { return publication_path(spec) + "/publish_via_partition_root"; }

bool publishes(const Publication& publication, const TableName& table) {
  return publication.all_tables || has(publication.tables, table) ||
         std::find(publication.schemas.begin(), publication.schemas.end(), table.schema) != publication.schemas.end();
}

bool wants_root(const SeenDatabase& in) {
  return std::any_of(in.tables.begin(), in.tables.end(), [](const CapturedTable& table) { return table.kind == 'p'; });
}

Membership membership(const ConnectorSpec& spec, const std::vector<TableName>& published) {
  const auto captured = spec.tables();
  Membership members;
  for (const auto& table : captured)
    if (!has(published, table)) members.missing.push_back(table);
  for (const auto& table : published) (has(captured, table) || is_side_table(spec, table) ? members.after : members.extra).push_back(table);
  members.after.insert(members.after.end(), members.missing.begin(), members.missing.end());
  std::sort(members.after.begin(), members.after.end());
  return members;
}

bool is_side_table(const ConnectorSpec& spec, const TableName& table) {
  if (spec.get("signal.data.collection") == to_string(table)) return true;
  const auto query = spec.get("heartbeat.action.query");
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\'';
  };
  for (auto at = query.find(table.name); at != std::string::npos; at = query.find(table.name, at + 1)) {
    const auto end = at + table.name.size();
    if ((at == 0 || !is_word(query[at - 1])) && (end == query.size() || !is_word(query[end]))) return true;
  }
  return false;
}

std::vector<Change> publication_changes(const WantedConnector& wanted, const SeenDatabase& in) {
  std::vector<Change> changes;
  const auto list = [](const std::vector<TableName>& tables) {
    std::vector<std::string> names;
    for (const auto& table : tables) names.push_back(to_string(table));
    return join(names, ",");
  };
  const auto tables = [&](std::optional<std::string> before, const Membership& members) {
    changes.push_back({.path = publication_path(wanted.spec), .before = std::move(before), .after = list(members.after)});
  };
  if (!in.publication) {
    tables(std::nullopt, membership(wanted.spec, {}));
    if (wants_root(in)) changes.push_back({.path = root_path(wanted.spec), .before = std::nullopt, .after = "true"});
    return changes;
  }
  const auto members = membership(wanted.spec, in.publication->tables);
  if (!members.missing.empty() || !members.extra.empty()) tables(list(in.publication->tables), members);
  if (wants_root(in) && !in.publication->via_root) changes.push_back({.path = root_path(wanted.spec), .before = "false", .after = "true"});
  return changes;
}

std::vector<Obstacle> capture_obstacles(const WantedConnector& wanted, const SeenDatabase& in) {
  auto found = table_obstacles(wanted, in);
  if (in.publication) publication_obstacles(wanted, in, found);
  root_obstacles(wanted, in, found);
  return found;
}

std::vector<Obstacle> capture_differences(const WantedConnector& wanted, const SeenDatabase& in) {
  std::vector<Obstacle> found;
  const std::string apply = "mykartctl connector apply";
  const auto role = wanted.spec.get("database.user");
  if (!in.role)
    found.push_back({.why = fmt::format("role {} does not exist", role), .remedy = apply});
  else if (!in.role->superuser)
    for (const auto& table : in.tables)
      if (table.exists && (!table.may_select || !table.may_use_schema))
        found.push_back({.why = fmt::format("role {} may not read {}: its rows cannot be in a snapshot", role, to_string(table.table)),
                         .remedy = apply,
                         .table = table.table,
                         .loses = true});
  if (!in.publication) return found;
  const auto& publication = *in.publication;
  if (wants_root(in) && !publication.via_root)
    for (const auto& table : in.tables)
      if (table.kind == 'p')
        found.push_back({.why = fmt::format("publication {} has the changes of {} under the names of its partitions: they never arrive",
                                            publication.name, to_string(table.table)),
                         .remedy = apply,
                         .table = table.table,
                         .loses = true});
  if (const auto extra = membership(wanted.spec, publication.tables).extra; !extra.empty()) {
    std::vector<std::string> names;
    for (const auto& table : extra) names.push_back(to_string(table));
    found.push_back(
        {.why = fmt::format("publication {} has {}, which nobody wants captured", publication.name, join(names, ", ")), .remedy = apply});
  }
  return found;
}

std::vector<Obstacle> missing_rights(const WantedConnector& wanted, const SeenDatabase& in) {
  std::vector<Obstacle> found;
  const auto changes = publication_changes(wanted, in);
  if (changes.empty()) return found;
  if (!in.publication && !in.may_create)
    found.push_back({.why = fmt::format("this session's user may not make publications in database {}", in.name),
                     .remedy = fmt::format("GRANT CREATE ON DATABASE {} TO …", sql_name(in.name))});
  if (in.publication && !in.publication->may_alter)
    found.push_back({.why = fmt::format("publication {} belongs to {}, and this session's user may not do as its owner",
                                        in.publication->name, in.publication->owner),
                     .remedy = fmt::format("ALTER PUBLICATION {} OWNER TO …, or use a user who may", in.publication->name)});
  const auto missing = membership(wanted.spec, in.publication ? in.publication->tables : std::vector<TableName>{}).missing;
  for (const auto& table : in.tables)
    if (table.exists && !table.may_publish && has(missing, table.table))
      found.push_back({.why = fmt::format("{} belongs to somebody else, and only its owner may publish it", to_string(table.table)),
                       .remedy = fmt::format("ALTER TABLE {} OWNER TO …, or use a user who may", sql_name(table.table)),
                       .table = table.table});
  return found;
}

}  // namespace ctl::plan
