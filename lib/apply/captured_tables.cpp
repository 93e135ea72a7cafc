#include "apply/captured_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/scram.hpp"
#include "plan/connector_keys.hpp"
#include "postgres/catalog.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"

namespace ctl {
namespace {

constexpr std::string_view duplicate_object = "42710", object_in_use = "55006";  // SQLSTATE

postgres::Names names_of(const std::string& publication, const TableName& table) {
  return {{"publication", publication}, {"schema", table.schema}, {"table", table.name}};
}

bool contains(const std::vector<TableName>& tables, const TableName& table) {
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

}  // namespace

void make_cdc_role(const Desk& desk, const std::string& role, const Secret* password, const Deadline& until) {
  auto& database = desk.database();
  const postgres::Names names{{"role", role}};
  if (postgres::role(database, role, until)) {
    database.query(sql::cdc_role_alter, names, until);
    return;
  }
  try {
    postgres::Transaction transaction{database, until};  // a role without its password would look finished
    database.query(sql::cdc_role_create, names, until);
    if (password != nullptr)
      database.query(fmt::format("alter role {} password {}", postgres::quote_identifier(role),
                                 postgres::quote_literal(scram_verifier(password->reveal()))),
                     until);
    transaction.commit(until);
  } catch (const Error& e) {
    if (e.sqlstate() != duplicate_object) throw;  // roles are the whole server's: another database's migration has made it just now
    database.query(sql::cdc_role_alter, names, until);
  }
}

void grant_to_cdc_role(const Desk& desk, const std::string& role, const std::string& object, const Deadline& until) {
  auto& database = desk.database();
  constexpr std::string_view of_database = "database ", of_schema = "schema ";
  if (object.starts_with(of_database)) {
    database.query(sql::cdc_grant_database, postgres::Names{{"role", role}, {"database", object.substr(of_database.size())}}, until);
  } else if (object.starts_with(of_schema)) {
    database.query(sql::cdc_grant_schema, postgres::Names{{"role", role}, {"schema", object.substr(of_schema.size())}}, until);
  } else {
    const auto table = table_name(object);
    database.query(sql::cdc_grant_table, postgres::Names{{"role", role}, {"schema", table.schema}, {"table", table.name}}, until);
  }
}

void publish_once(postgres::Connection& database, const Publishing& what, const Deadline& until) {
  const postgres::Names publication{{"publication", what.publication}};
  const auto now = postgres::publication(database, what.publication, until);
  if (!now) database.query(sql::cdc_publication_create, publication, until);
  for (const auto& table : what.add)
    if (!now || !contains(now->tables, table)) database.query(sql::cdc_publication_add, names_of(what.publication, table), until);
  if (what.via_root && (!now || !now->via_root)) database.query(sql::cdc_publication_root, publication, until);
}

void unpublish_once(postgres::Connection& database, const Publishing& what, const Deadline& until) {
  const auto now = postgres::publication(database, what.publication, until);
  for (const auto& table : what.drop)
    if (now && contains(now->tables, table)) database.query(sql::cdc_publication_drop, names_of(what.publication, table), until);
}

void publish(const Desk& desk, const Publishing& what, const Deadline& until) {
  with_short_locks(desk, "publishing tables in " + what.publication, until, [&] {
    postgres::Transaction transaction{desk.database(), until};
    publish_once(desk.database(), what, until);
    transaction.commit(until);
  });
}

void unpublish(const Desk& desk, const Publishing& what, const Deadline& until) {
  with_short_locks(desk, "taking tables out of " + what.publication, until, [&] {
    postgres::Transaction transaction{desk.database(), until};
    unpublish_once(desk.database(), what, until);
    transaction.commit(until);
  });
}

void rehearse(const Desk& desk, const Access& access, const Publishing& what, const std::function<std::optional<std::string>()>& left,
              const Deadline& until) {
  auto& database = desk.database();
  with_short_locks(desk, "trying the change before anything is stopped for it; nothing was changed", until, [&] {
    const postgres::Transaction rolled_back{database, until};
    if (access.make_role)
      database.query(postgres::role(database, access.role, until) ? sql::cdc_role_alter : sql::cdc_role_create,
                     postgres::Names{{"role", access.role}}, until);
    for (const auto& object : access.grants) grant_to_cdc_role(desk, access.role, object, until);
    publish_once(database, what, until);
    unpublish_once(database, what, until);
    if (const auto still = left())
      throw Error{Code::denied,
                  {.what = *still + " would have no effect",
                   .cause = "this session's user has no right to grant it",
                   .hint = "grant it as the owner, or connect as a role that may"}};
  });
}

void drop_publication(const Desk& desk, const std::string& publication, const Deadline& until) {
  desk.database().query(sql::cdc_publication_remove, postgres::Names{{"publication", publication}}, until);
}

void drop_slot(const Desk& desk, const std::string& slot, const std::string& plugin, const Deadline& until) {
  try {
    desk.database().query(sql::cdc_slot_drop, postgres::Names{{"slot", slot}, {"plugin", plugin}}, until);
  } catch (const Error& e) {
    if (e.sqlstate() != object_in_use) throw;
    throw Error{Code::refused,
                {.what = "slot " + slot + " is in use",
                 .cause = e.text().cause,
                 .hint = "stop what reads from it: SELECT * FROM pg_stat_replication"}};
  }
}

void await_slot_idle(const Desk& desk, const std::string& slot, const Deadline& until) {
  while (true) {
    const auto now = postgres::slot(desk.database(), slot, until);
    if (!now || !now->active) return;
    until.sleep(200ms);
    until.check("waiting until nobody reads from slot " + slot);
  }
}

std::optional<Secret> cdc_password(const Surroundings& around, const ConnectorSpec& spec) {
  const auto value = spec.get("database.password");
  constexpr std::string_view mark = "${env:";
  if (value.starts_with(mark) && value.ends_with('}')) {
    const auto variable = around.environment.find(value.substr(mark.size(), value.size() - mark.size() - 1));
    if (variable != around.environment.end() && !variable->second.empty()) return Secret{variable->second};
    return std::nullopt;
  }
  if (value.empty() || plan::is_reference(value)) return std::nullopt;
  return Secret{value};
}

}  // namespace ctl
