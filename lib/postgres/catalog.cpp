#include "postgres/catalog.hpp"

#include "core/error.hpp"
#include "postgres/named.hpp"
#include "postgres/own_sessions.hpp"
#include "sql/queries.hpp"

namespace ctl::postgres {
namespace {

int small(const Rows& rows, std::size_t row, std::string_view column) { return static_cast<int>(rows.integer(row, column)); }

/// {"a","b"}: an array as PostgreSQL reads it from text.
std::string array_of(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) {
    text += text.empty() ? "\"" : ",\"";
    for (const char c : item) text.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
    text += '"';
  }
  return "{" + text + "}";
}

std::vector<std::string> quoted(const std::vector<TableName>& tables) {
  std::vector<std::string> names;
  for (const auto& table : tables) names.push_back(quote_identifier(table));
  return names;
}

}  // namespace

Server server(Connection& connection, const Deadline& until) {
  const auto r = connection.query(sql::server, until);
  return {.version = r.text(0, "version"),
          .database = r.text(0, "database"),
          .user = r.text(0, "user"),
          .system_identifier = r.text(0, "system_identifier"),
          .wal_level = r.text(0, "wal_level"),
          .time_zone = r.text(0, "time_zone"),
          .encoding = r.text(0, "encoding"),
          .address = connection.address(),
          .superuser = r.flag(0, "superuser"),
          .can_replicate = r.flag(0, "can_replicate"),
          .can_create = r.flag(0, "can_create"),
          .slots_used = small(r, 0, "slots_used"),
          .slots_most = small(r, 0, "slots_most"),
          .senders_most = small(r, 0, "senders_most"),
          .max_slot_wal_keep_size = r.text(0, "max_slot_wal_keep_size")};
}

std::optional<std::string> unknown_time_zone(Connection& connection, const std::string& name, const Deadline& until) {
  constexpr std::string_view invalid_parameter_value = "22023";
  const auto asked = attempt([&] { connection.query(sql::local_times, Names{{"zone", name}, {"times", "{now}"}}, until); });
  if (asked) return std::nullopt;
  if (asked.error().sqlstate() != invalid_parameter_value) throw Error{asked.error()};
  return asked.error().text().cause;
}

std::vector<TableName> tables(Connection& connection, const std::string& schema, const Deadline& until) {
  const auto rows = connection.query(sql::tables, Names{{"schema", schema}}, until);
  std::vector<TableName> names;
  for (std::size_t i = 0; i < rows.size(); ++i) names.push_back({schema, rows.text(i, "name")});
  return names;
}

std::optional<Slot> slot(Connection& connection, const std::string& name, const Deadline& until) {
  const auto r = connection.query(sql::slot, Names{{"name", name}}, until);
  if (r.size() == 0) return std::nullopt;
  return Slot{.name = r.text(0, "name"),
              .plugin = r.text(0, "plugin"),
              .database = r.text(0, "database"),
              .wal_status = r.text(0, "wal_status"),
              .restart_lsn = r.text(0, "restart_lsn"),
              .confirmed_flush_lsn = r.text(0, "confirmed_flush_lsn"),
              .active = r.flag(0, "active"),
              .wal_held_bytes = r.integer(0, "wal_held_bytes"),
              .lag_bytes = r.integer(0, "lag_bytes")};
}

std::optional<Publication> publication(Connection& connection, const std::string& name, const Deadline& until) {
  const Names names{{"name", name}};
  const auto rows = connection.query(sql::publication, names, until);
  if (rows.size() == 0) return std::nullopt;
  Publication found{.name = name,
                    .owner = rows.text(0, "owner"),
                    .all_tables = rows.flag(0, "all_tables"),
                    .inserts = rows.flag(0, "inserts"),
                    .updates = rows.flag(0, "updates"),
                    .deletes = rows.flag(0, "deletes"),
                    .truncates = rows.flag(0, "truncates"),
                    .via_root = rows.flag(0, "via_root"),
                    .may_alter = rows.flag(0, "may_alter")};
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows.at(i, "table")) found.tables.push_back({rows.text(i, "schema"), rows.text(i, "table")});
  if (!rows.flag(0, "may_have_schemas")) return found;
  const auto schemas = connection.query(sql::publication_schemas, names, until);
  for (std::size_t i = 0; i < schemas.size(); ++i) found.schemas.push_back(schemas.text(i, "schema"));
  return found;
}

std::optional<Role> role(Connection& connection, const std::string& name, const Deadline& until) {
  const auto r = connection.query(sql::role, Names{{"name", name}}, until);
  if (r.size() == 0) return std::nullopt;
  const bool visible = r.flag(0, "password_visible");
  return Role{.name = name,
              .login = r.flag(0, "login"),
              .replication = r.flag(0, "replication"),
              .superuser = r.flag(0, "superuser"),
              .has_password = !visible || connection.query(sql::role_password, Names{{"name", name}}, until).flag(0, "has_password")};
}

bool may_select(Connection& connection, const std::string& role, const TableName& table, const Deadline& until) {
  return connection.query(sql::may_select, Names{{"role", role}, {"schema", table.schema}, {"table", table.name}}, until).flag(0, "may");
}

std::vector<Session> sessions(Connection& connection, const std::vector<TableName>& writing_to, const Deadline& until) {
  const auto rows = connection.query(sql::sessions, Names{{"tables", array_of(quoted(writing_to))}, {"own", own_sessions()}}, until);
  std::vector<Session> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back({.pid = small(rows, i, "pid"),
                     .application = rows.text(i, "application"),
                     .address = rows.text(i, "address"),
                     .user = rows.text(i, "user"),
                     .state = rows.text(i, "state"),
                     .since = Millis{std::chrono::milliseconds{rows.at(i, "since_ms") ? rows.integer(i, "since_ms") : 0}},
                     .holds_row_exclusive = rows.flag(i, "holds_row_exclusive"),
                     .may_write = rows.flag(i, "may_write")});
  return found;
}

std::string sight_that_lacks(Connection& connection, const Deadline& until) {
  const auto rows = connection.query(sql::may_see_sessions, until);
  return rows.flag(0, "may") ? "" : "grant pg_read_all_stats to " + quote_identifier(rows.text(0, "user"));
}

std::vector<SubscribedTable> subscribed(Connection& connection, const std::vector<TableName>& tables, const Deadline& until) {
  const auto rows = connection.query(sql::subscriptions, Names{{"tables", array_of(quoted(tables))}}, until);
  std::vector<SubscribedTable> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back({.subscription = rows.text(i, "name"), .table = {rows.text(i, "schema"), rows.text(i, "table")}});
  return found;
}

}  // namespace ctl::postgres
