#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "model/connector.hpp"
#include "model/event_table.hpp"
#include "postgres/connection.hpp"

namespace ctl::postgres {

struct Server {
  std::string version{}, database{}, user{}, system_identifier{}, wal_level{}, time_zone{}, encoding{}, address{};
  bool superuser{}, can_replicate{}, can_create{};
  int slots_used{}, slots_most{}, senders_most{};
  std::string max_slot_wal_keep_size{};
};
using Slot = ReplicationSlot;
using Publication = ctl::Publication;
using Role = DatabaseRole;
/// An open transaction that could still write to one of the tables, or another client's session. For the evidence that writers are gone.
struct Session {
  int pid{};
  std::string application{}, address{}, user{}, state{};
  Millis since{};
  bool holds_row_exclusive{};  ///< on one of the tables, a part of it, or a sequence that fills it
  bool may_write{};            ///< its role has a right to change one of the tables
};

[[nodiscard]] Server server(Connection&, const Deadline&);
/// The server's words about a time zone that it does not know; nullopt: it knows it.
[[nodiscard]] std::optional<std::string> unknown_time_zone(Connection&, const std::string& name, const Deadline&);
[[nodiscard]] std::optional<TableInfo> table(Connection&, const TableName&, const Deadline&);  ///< nullopt: no such table
/// Ordinary and partitioned tables, by name; partitions are parts of theirs.
[[nodiscard]] std::vector<TableName> tables(Connection&, const std::string& schema, const Deadline&);
[[nodiscard]] std::optional<Slot> slot(Connection&, const std::string& name, const Deadline&);
[[nodiscard]] std::optional<Publication> publication(Connection&, const std::string& name, const Deadline&);
/// has_password is true if this session may not know.
[[nodiscard]] std::optional<Role> role(Connection&, const std::string& name, const Deadline&);
/// USAGE on the schema and SELECT on the table.
[[nodiscard]] bool may_select(Connection&, const std::string& role, const TableName&, const Deadline&);
/// Other sessions in this database, and prepared transactions (pid 0). Those that this process has opened are left out, and so are
/// replication and the server's own workers unless they hold a lock. Without the right to see other roles' sessions their state is "".
[[nodiscard]] std::vector<Session> sessions(Connection&, const std::vector<TableName>& writing_to, const Deadline&);
/// The statement that lets this session's role see what other roles' sessions do; "": it may. Without it nobody can be said to be gone.
[[nodiscard]] std::string sight_that_lacks(Connection&, const Deadline&);
/// A table, or a part of one, that a subscription of this database writes to.
struct SubscribedTable {
  std::string subscription{};
  TableName table{};
};
[[nodiscard]] std::vector<SubscribedTable> subscribed(Connection&, const std::vector<TableName>& tables, const Deadline&);
/// Rows whose key is at or below `max_key` ("" = all, then the highest key is returned in it), and a digest of their contents that does not
/// depend on the physical order: what "untouched" is compared by. Error{refused} for a table without a primary key of one column.
struct Content {
  std::uint64_t rows{};
  std::string max_key{}, digest{};
};
[[nodiscard]] Content content(Connection&, const TableName&, const std::string& max_key, const Deadline&);

}  // namespace ctl::postgres
