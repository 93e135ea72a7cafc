#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_table.hpp"
#include "model/topic.hpp"

/// What the two servers of a CDC connector say about it: the Connect worker and the PostgreSQL it reads.
namespace ctl {

/// Of a connector or of one of its tasks, as the worker's REST API spells it. STOPPED is a connector's only.
enum class RunState : unsigned char { running, paused, stopped, failed, unassigned, restarting, unknown };
[[nodiscard]] std::string_view to_string(RunState);                ///< "RUNNING"
[[nodiscard]] RunState run_state(std::string_view text) noexcept;  ///< any case; `unknown` for a word that is none

struct TaskStatus {
  int id{};
  RunState state{RunState::unknown};
  std::string worker{}, cause{};  ///< cause: the last "Caused by" of the task's trace, "" without one
};
struct ConnectorStatus {
  std::string name{};
  RunState state{RunState::unknown};
  std::string worker{}, cause{};
  std::vector<TaskStatus> tasks{};  ///< by id
  [[nodiscard]] int running() const noexcept;
  [[nodiscard]] const std::string* failure() const noexcept;  ///< the cause of the first part that is FAILED, nullptr if none is
};

/// pg_replication_slots, of one logical slot. LSNs as PostgreSQL prints them ("0/16B3748"), "" for NULL.
struct ReplicationSlot {
  std::string name{}, plugin{}, database{}, wal_status{}, restart_lsn{}, confirmed_flush_lsn{};
  bool active{};
  std::int64_t wal_held_bytes{}, lag_bytes{};
};
struct Publication {
  std::string name{}, owner{};
  bool all_tables{};
  std::vector<TableName> tables{};     ///< that it names (FOR TABLE), by name: of a partitioned table not its partitions
  std::vector<std::string> schemas{};  ///< all of whose tables it publishes (FOR TABLES IN SCHEMA, PostgreSQL 15)
  bool inserts{true}, updates{true}, deletes{true}, truncates{true};
  bool via_root{};       ///< changes of partitions under the name of the partitioned table
  bool may_alter{true};  ///< this session's user owns it, or may do as its owner
};
struct DatabaseRole {
  std::string name{};
  bool login{}, replication{}, superuser{}, has_password{};
};

/// 64-bit position in the WAL; 0 for "" and for anything that is no LSN.
[[nodiscard]] std::uint64_t parse_lsn(std::string_view text) noexcept;
[[nodiscard]] std::string format_lsn(std::uint64_t lsn);

}  // namespace ctl
