#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "health/sources.hpp"
#include "plan/connectors.hpp"
#include "value/report.hpp"

namespace ctl::health {

/// What `${mykartctl:…}` stands for here: env:NAME, file:PATH (from the project's folder), database:hostname|port|dbname of this context's
/// database as it was reached. `database` may be missing: then its references have no value.
[[nodiscard]] plan::LookUp references(const Surroundings&, const postgres::Connection* database);

/// A connector's file with its references resolved; after a rollback (`rolled_back`) it captures the event tables too.
[[nodiscard]] plan::WantedConnector wanted_connector(const Surroundings&, const ConnectorSpec&, bool rolled_back,
                                                     const postgres::Connection* database);

/// Role, rights, captured tables, publication and slot.
[[nodiscard]] plan::SeenDatabase look_at_cdc(postgres::Connection&, const ConnectorSpec& resolved, const Deadline&);

/// Server processes that work for the connector's role in this database; an initial snapshot has one that stays.
[[nodiscard]] std::vector<std::int64_t> readers(postgres::Connection&, const std::string& role, const Deadline&);

/// The journal's last migration is a rollback.
[[nodiscard]] bool rolled_back(Journal&, const Deadline&);

/// One moment of a connector.
struct ConnectorPoll {
  Known<std::optional<ConnectorStatus>> status{};  ///< nullopt: none (yet)
  Known<std::optional<ReplicationSlot>> slot{};
  std::vector<std::int64_t> readers{};  ///< of a slot that nobody reads from: who may be reading the initial snapshot
};
/// What was read about one connector.
struct ConnectorSights {
  std::string name{};
  const ConnectorSpec* declared{};        ///< nullptr: no file declares it
  Known<plan::WantedConnector> wanted{};  ///< of a connector that no file declares: its running config
  Known<std::optional<Config>> config{};  ///< nullopt: the worker has no such connector
  Known<Value> offsets{};
  Known<plan::SeenDatabase> database{};
  Known<std::vector<std::string>> missing_topics{};  ///< of the wanted ones
  std::vector<ConnectorPoll> polls{};                ///< at least one
  std::chrono::milliseconds window{};                ///< between the first and the last
  std::string plugin_version{};
};
struct WorkerSights {
  std::string url{};
  Known<connect::Root> root{};
  Known<connect::Health> health{};
  Known<std::string> kafka_cluster_id{};  ///< as the broker says
};
struct ConnectorLook {
  int polls{3};
  std::chrono::milliseconds between{500};
};
struct AllConnectors {
  WorkerSights worker{};
  std::vector<ConnectorSights> connectors{};  ///< by name
};
/// `names` empty: every declared one; with none declared, every one of the worker. Never throws for a server that is down: what it would
/// have said is unknown.
[[nodiscard]] AllConnectors look_at_connectors(Sources&, std::span<const std::string> names, ConnectorLook, const Deadline&);

enum class ConnectorVerdict : unsigned char { healthy, degraded, failed, paused, stopped, missing, unknown };
enum class OffsetVerdict : unsigned char { in_sync, replay, silent_gap, lost, none, unknown };
[[nodiscard]] std::string_view to_string(ConnectorVerdict);
[[nodiscard]] std::string_view to_string(OffsetVerdict);

/// The position that Connect stored against the one that the slot has.
struct OffsetJudgement {
  OffsetVerdict verdict{OffsetVerdict::unknown};
  std::uint64_t lsn{};     ///< the highest in the offset
  std::int64_t bytes{};    ///< of WAL that are sent again (replay) or never (silent_gap)
  std::string snapshot{};  ///< none | running | done
};
/// `slot` nullptr: there is none. An offset behind the slot's confirmed_flush_lsn is a gap: the server will not send that part again. One
/// ahead of it is normal while the slot is active, and is sent again otherwise (and skipped by the connector).
[[nodiscard]] OffsetJudgement judge_offsets(const Value& offsets, std::string_view topic_prefix, const ReplicationSlot* slot);

struct CapturedStatus {
  plan::CapturedTable table{};
  std::string topic{};  ///< "" when it cannot be told
  bool published{}, captured{};
};
struct ConnectorJudgement {
  ConnectorVerdict verdict{ConnectorVerdict::unknown};
  std::vector<std::string> reasons{};  ///< why it is not healthy
  std::vector<Change> drift{};         ///< of its config
  std::vector<CapturedStatus> tables{};
  std::size_t captured{};       ///< of `tables`
  std::string slot_state{};     ///< active | inactive | absent | lost | "" when unknown
  std::optional<bool> moved{};  ///< confirmed_flush_lsn between the first and the last poll; nullopt after one poll or without a slot
  OffsetJudgement offsets{};
  [[nodiscard]] std::optional<bool> good() const;  ///< nullopt: not known
};
/// Pure. Healthy: config as declared, connector and its task RUNNING at every poll, every declared table captured and published whole
/// (nothing that the plan would change or be blocked by), slot active and not lost, initial snapshot ended, stored offset not behind the
/// slot. Worst first: failed (a cause, a lost slot, a gap), missing, unknown, stopped, paused,
/// degraded.
[[nodiscard]] ConnectorJudgement judge(const ConnectorSights&);

/// The table and the JSON of `connector status`; `detail` adds tables and drift of each.
[[nodiscard]] Report connectors_report(const AllConnectors&, bool detail);
/// NAME MANAGED CLASS STATE TASKS TOPIC-PREFIX
[[nodiscard]] Report connectors_list(Sources&, const Deadline&);

}  // namespace ctl::health
