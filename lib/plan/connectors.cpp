#include "plan/connectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_lint.hpp"
#include "plan/connector_publication.hpp"
#include "plan/connector_topics.hpp"

namespace ctl::plan {
namespace {

/// With these another source, slot or name is read: the position of the running connector is not continued.
constexpr std::array<std::string_view, 4> position_keys{"connector.class", "database.dbname", "slot.name", "topic.prefix"};

std::string list(const std::vector<TableName>& tables) {
  std::vector<std::string> names;
  for (const auto& table : tables) names.push_back(to_string(table));
  return join(names, ",");
}

/// Enough to see that two differ, too little to try passwords against.
std::string short_digest(std::string_view secret) { return "sha256:" + sha256(secret).substr(0, 8); }

bool is_secret(const WantedConnector& wanted, const std::string& key, std::string_view value) {
  return wanted.secret.contains(key) || (is_secret_key(key) && !is_reference(value));
}

void add(std::vector<Change>& changes, std::string path, std::optional<std::string> before, std::optional<std::string> after) {
  changes.push_back({.path = std::move(path), .before = std::move(before), .after = std::move(after)});
}

void database_changes(const WantedConnector& wanted, const SeenDatabase& in, std::vector<Change>& changes) {
  const auto role = wanted.spec.get("database.user");
  if (!in.role)
    add(changes, "role/" + role, std::nullopt, wanted.password_known ? "login replication password" : "login replication");
  else if (!in.role->superuser && (!in.role->login || !in.role->replication))
    add(changes, "role/" + role, fmt::format("{}{}", in.role->login ? "login" : "", in.role->replication ? "replication" : ""),
        "login replication");
  if (in.role && in.role->superuser) return;
  if (!in.may_connect) add(changes, "grant/database " + in.name, std::nullopt, "CONNECT");
  std::set<std::string> schemas;
  for (const auto& table : in.tables)
    if (!table.may_use_schema && schemas.insert(table.table.schema).second)
      add(changes, "grant/schema " + table.table.schema, std::nullopt, "USAGE");
  for (const auto& table : in.tables)
    if (!table.may_select) add(changes, "grant/" + to_string(table.table), std::nullopt, "SELECT");
}

void state_change(const WantedConnector& wanted, const SeenConnector& seen, std::vector<Change>& changes) {
  if (!seen.config || !seen.status) return;
  const auto now = seen.status->state;
  const bool failed = seen.status->failure() != nullptr;
  const bool halted = now == RunState::paused || now == RunState::stopped;
  const bool as_wanted = wanted.state == RunState::running ? !halted && !failed : now == wanted.state;
  if (!as_wanted) add(changes, "state", failed ? "FAILED" : std::string{to_string(now)}, std::string{to_string(wanted.state)});
}

std::string summary(const WantedConnector& wanted, const std::vector<Change>& changes, bool creates) {
  std::vector<std::string> parts;
  if (creates) parts.push_back(counted(wanted.spec.tables().size(), "table"));
  std::size_t grants = 0, topics = 0;
  std::vector<std::string> keys;
  for (const auto& change : changes) {
    if (change.path.starts_with("role/")) parts.push_back("role");
    grants += change.path.starts_with("grant/") ? 1 : 0;
    topics += change.path.starts_with("topic/") ? 1 : 0;
    if (change.path.starts_with("config.")) keys.push_back(change.path.substr(7));
    if (change.path == publication_path(wanted.spec) && !creates) parts.push_back("publication");
    if (change.path == root_path(wanted.spec) && !creates) parts.push_back("publish_via_partition_root");
    if (change.path == "state") parts.push_back(change.before.value_or("") + " to " + change.after.value_or(""));
  }
  if (grants > 0) parts.push_back(counted(grants, "grant"));
  if (topics > 0) parts.push_back(counted(topics, "topic"));
  if (!creates && !keys.empty()) parts.push_back(keys.size() <= 2 ? join(keys, ", ") : fmt::format("{} config keys", keys.size()));
  return join(parts, ", ");
}

/// What was seen, as far as the step relies on it. Not tables, rights and topics, which earlier steps of a journey make and whose order
/// does not matter; not positions, nor whether the slot is active at this moment.
std::string facts(const WantedConnector& wanted, const SeenConnector& seen) {
  const auto& in = seen.database;
  std::string text = fmt::format("config={}\n", seen.config ? "yes" : "no");
  if (seen.config)
    for (const auto& [key, value] : *seen.config)
      text += fmt::format("{}={}\n", key, is_secret(wanted, key, value) ? short_digest(value) : value);
  if (seen.status) {
    const bool halted = seen.status->state == RunState::paused || seen.status->state == RunState::stopped;
    text += fmt::format("state={}\n", seen.status->failure() != nullptr ? "FAILED" : halted ? to_string(seen.status->state) : "RUNNING");
  }
  text += fmt::format("database={}\n", in.name);
  if (!wanted.tables_to_come)  // of a journey: an earlier step makes the role
    text += fmt::format("role={}\n", in.role ? fmt::format("{}{}{}", in.role->login, in.role->replication, in.role->superuser) : "");
  if (const auto& has = in.publication)
    text += fmt::format("publication={} {} {} {}{}{}{} {}\n", has->all_tables, list(has->tables), join(has->schemas, ","), has->inserts,
                        has->updates, has->deletes, has->truncates, has->via_root);
  if (in.slot) text += fmt::format("slot={} {} {}\n", in.slot->database, in.slot->plugin, in.slot->wal_status == "lost");
  for (const auto& rival : seen.rivals) text += "rival=" + rival + "\n";
  return text;
}

bool touches(const std::vector<Change>& changes, std::string_view prefix) {
  return std::any_of(changes.begin(), changes.end(), [&](const Change& change) { return change.path.starts_with(prefix); });
}

void judge_risk(Step& step, const WantedConnector& wanted, const SeenConnector& seen) {
  if (!seen.config) {
    step.why = wanted.spec.file + " declares it, and the worker does not have it";
    return;
  }
  step.why = wanted.spec.file + " and the servers differ";
  const bool moves = std::any_of(position_keys.begin(), position_keys.end(),
                                 [&](std::string_view key) { return touches(step.changes, fmt::format("config.{}", key)); });
  const bool halts = touches(step.changes, "state") && wanted.state != RunState::running;
  if (touches(step.changes, "config.") || touches(step.changes, "publication/") || halts) step.risk = Risk::disruptive;
  if (moves) {
    step.risk = Risk::destructive;
    step.undo = Undo::lossy;
    step.why = "it would not go on from where it is: changes in between are lost, or everything is sent again";
  } else if (seen.database.publication) {
    if (!membership(wanted.spec, seen.database.publication->tables).missing.empty())
      step.why += "; of tables that are added, changes are sent from now on, not the rows that are there";
    if (touches(step.changes, root_path(wanted.spec)))
      step.why += "; changes of partitions arrive from now on, those of before were sent to nobody";
  }
}

}  // namespace

std::string start_over(const ConnectorSpec& spec) {
  return fmt::format("mykartctl connector delete {} --drop-slot --drop-publication, then apply: it begins with a new snapshot", spec.name);
}

std::optional<Obstacle> foreign_slot(const ReplicationSlot& slot, const std::string& database, const std::string& plugin) {
  const auto is = [&](std::string what) {
    return Obstacle{.why = fmt::format("slot {} {}", slot.name, what), .remedy = "name another slot"};
  };
  if (slot.database.empty()) return is("is a physical one, of a standby or a backup");
  if (slot.database != database) return is("is of database " + slot.database);
  if (slot.plugin != plugin) return is("decodes with " + slot.plugin);
  return std::nullopt;
}

std::vector<Obstacle> obstacles(const WantedConnector& wanted, const SeenConnector& seen) {
  const auto& in = seen.database;
  std::vector<Obstacle> found;
  const auto add = [&](std::string why, std::string remedy) { found.push_back({.why = std::move(why), .remedy = std::move(remedy)}); };
  const auto append = [&](std::vector<Obstacle> more) { std::move(more.begin(), more.end(), std::back_inserter(found)); };
  const auto& spec = wanted.spec;
  const auto afresh = start_over(spec);
  for (const auto& rival : seen.rivals) add("it shares the " + rival, "give it a name of its own in " + spec.file);
  if (const auto database = spec.get("database.dbname"); database != in.name)
    add(fmt::format("it reads database {}, and this context's is {}", database, in.name),
        R"(write "database.dbname": "${mykartctl:database:dbname}")");
  append(capture_obstacles(wanted, in));
  append(missing_rights(wanted, in));
  if (!in.slot) return found;
  const auto& slot = *in.slot;
  if (const auto foreign = foreign_slot(slot, in.name, "pgoutput"))
    add(foreign->why, slot.database == in.name ? afresh : foreign->remedy);
  else if (slot.wal_status == "lost")
    add(fmt::format("slot {} is lost: its WAL was removed", slot.name), afresh);
  else if (!in.publication)
    add(fmt::format("slot {} is older than the publication: what it holds cannot be decoded", slot.name), afresh);
  else if (!seen.config && slot.active)
    add(fmt::format("slot {} is in use, and not by a connector of this worker", slot.name), "SELECT * FROM pg_stat_replication");
  return found;
}

std::vector<Change> config_changes(const WantedConnector& wanted, const Config& seen) {
  std::vector<Change> changes;
  const auto add_one = [&](const std::string& key, const std::string* before, const std::string* after) {
    const bool secret = (before != nullptr && is_secret(wanted, key, *before)) || (after != nullptr && is_secret(wanted, key, *after));
    const auto shown = [&](const std::string* value) {
      return value == nullptr ? std::nullopt : std::optional{secret ? short_digest(*value) : *value};
    };
    changes.push_back({.path = "config." + key, .before = shown(before), .after = shown(after), .sensitive = secret});
  };
  for (const auto& [key, value] : seen)
    if (!wanted.spec.config.contains(key)) add_one(key, &value, nullptr);
  for (const auto& [key, value] : wanted.spec.config) {
    const auto found = seen.find(key);
    if (found == seen.end())
      add_one(key, nullptr, &value);
    else if (found->second != value)
      add_one(key, &found->second, &value);
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.path < b.path; });
  return changes;
}

std::optional<Step> access(const WantedConnector& wanted, const SeenDatabase& seen) {
  Step step{.resource = {Kind::access, wanted.spec.name}, .action = Action::run, .precondition = sha256(seen.name)};
  auto there = seen;  // the others are made by a migration, and the next look finds them
  std::erase_if(there.tables, [](const auto& table) { return !table.exists; });
  database_changes(wanted, there, step.changes);
  if (step.changes.empty()) return std::nullopt;
  step.summary = fmt::format("{} for {}", summary(wanted, step.changes, false), wanted.spec.get("database.user"));
  step.why = "the connector reads the core tables as this role";
  return step;
}

std::optional<Step> connector(const WantedConnector& wanted, const SeenConnector& seen) {
  Step step{.resource = {Kind::connector, wanted.spec.name},
            .action = seen.config ? Action::update : Action::create,
            .precondition = sha256(facts(wanted, seen))};
  if (is_postgres(wanted.spec)) {
    if (const auto found = obstacles(wanted, seen); !found.empty()) {
      std::vector<std::string> why, remedy;
      for (const auto& obstacle : found) {
        why.push_back(obstacle.why);
        if (std::find(remedy.begin(), remedy.end(), obstacle.remedy) == remedy.end()) remedy.push_back(obstacle.remedy);
      }
      step.block(join(why, "; "), join(remedy, "; "));
      return step;
    }
    database_changes(wanted, seen.database, step.changes);
    for (const auto& topic : wanted.topics)
      if (!seen.topics.contains(topic.name))
        add(step.changes, "topic/" + topic.name, std::nullopt, fmt::format("{} partitions", topic.partitions));
    const auto of_publication = publication_changes(wanted, seen.database);
    step.changes.insert(step.changes.end(), of_publication.begin(), of_publication.end());
  }
  const auto config = config_changes(wanted, seen.config.value_or(Config{}));
  step.changes.insert(step.changes.end(), config.begin(), config.end());
  state_change(wanted, seen, step.changes);
  if (step.changes.empty()) return std::nullopt;
  step.summary = summary(wanted, step.changes, !seen.config);
  judge_risk(step, wanted, seen);
  return step;
}

}  // namespace ctl::plan
