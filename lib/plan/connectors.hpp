#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/connector.hpp"
#include "model/project.hpp"
#include "model/step.hpp"

/// A CDC connector and what belongs to it: role, grants, publication, topics. One step changes all of it, because the order is what loses
/// nothing.
namespace ctl::plan {

/// A connector as it shall be.
struct WantedConnector {
  ConnectorSpec spec{};                         ///< references of the tool resolved (`resolve`)
  std::set<std::string, std::less<>> secret{};  ///< keys whose value must not be shown
  RunState state{RunState::running};            ///< running, paused or stopped
  std::vector<TopicSpec> topics{};  ///< one a captured table, and that of the heartbeats: how to make them where they are missing
  bool password_known{};            ///< the role's password can be set, because the tool can resolve it too
  bool tables_to_come{};            ///< an earlier step of the same journey makes the tables that are not there yet
};

/// A captured table as PostgreSQL has it.
struct CapturedTable {
  TableName table{};
  bool exists{}, may_use_schema{}, may_select{};     ///< of the connector's role
  std::vector<std::string> key{};                    ///< primary key
  char replica_identity{'d'};                        ///< pg_class.relreplident
  char kind{'r'};                                    ///< pg_class.relkind: r, p (partitioned), v (view), m (materialized view), f (foreign)
  char persistence{'p'};                             ///< pg_class.relpersistence: p, u (unlogged), t (temporary)
  bool may_publish{true};                            ///< this session's user owns it, or may do as its owner
  bool hides_rows{};                                 ///< by row security, from the connector's role
  std::optional<std::string> row_filter{};           ///< of the publication; "…" where the server does not tell it
  std::vector<std::string> left_out{};               ///< columns that the publication's column list lacks
  std::vector<TableName> ancestors{};                ///< of a partition: the partitioned tables above it
  std::vector<TableName> leaves_without_changes{};   ///< partitions that are foreign or unlogged
  std::vector<TableName> leaves_without_identity{};  ///< partitions whose changed rows are not known by anything
  std::vector<TableName> children{};                 ///< that inherit from it and are no partitions
  std::vector<TableName> siblings{};                 ///< other tables that Debezium takes for it (model/include_list.hpp)
  bool identity_is_void{};  ///< its index was dropped, or its primary key is deferrable: neither tells a changed row
  [[nodiscard]] bool identifiable() const noexcept {
    if (identity_is_void) return false;
    return replica_identity == 'f' || replica_identity == 'i' || (replica_identity == 'd' && !key.empty());
  }
};

/// What PostgreSQL has for a connector.
struct SeenDatabase {
  std::string name{};
  std::optional<DatabaseRole> role{};
  bool may_connect{};                   ///< the role to the database
  bool may_create{true};                ///< this session may make publications
  std::vector<CapturedTable> tables{};  ///< those of table.include.list, in its order
  std::optional<Publication> publication{};
  std::optional<ReplicationSlot> slot{};
};

/// A connector and its surroundings as the three servers have them.
struct SeenConnector {
  std::optional<Config> config{};           ///< nullopt: the worker has no such connector
  std::optional<ConnectorStatus> status{};  ///< nullopt: none (yet)
  SeenDatabase database{};
  std::set<std::string> topics{};     ///< of the wanted ones, those that exist
  std::vector<std::string> rivals{};  ///< "slot.name of connector other": what another connector uses as well
};

/// What stands in the way of a connector, and what removes it.
struct Obstacle {
  std::string why{}, remedy{};
  std::optional<TableName> table{};  ///< nullopt: it is of all captured tables
  bool loses{};                      ///< changes of them do not arrive while it stands
};
/// All of it at once.
[[nodiscard]] std::vector<Obstacle> obstacles(const WantedConnector&, const SeenConnector&);

/// A slot that another database, plugin or program reads by, physical slots included; nullopt: it may be the connector's.
[[nodiscard]] std::optional<Obstacle> foreign_slot(const ReplicationSlot&, const std::string& database, const std::string& plugin);

/// The step that makes the connector's role and gives it its rights on the tables that are there, without touching the connector:
/// role/NAME, grant/OBJECT.
[[nodiscard]] std::optional<Step> access(const WantedConnector&, const SeenDatabase&);

/// The step that brings a connector to what is wanted; nullopt: it is. `blocked` with every reason at once. Paths of its changes, in the
/// order in which they are made: role/NAME, grant/OBJECT, topic/NAME, publication/NAME, config.KEY, state.
[[nodiscard]] std::optional<Step> connector(const WantedConnector&, const SeenConnector&);

/// `${mykartctl:KIND:ARGUMENT}` in the config replaced by what `look_up` says: KIND env, file or database. Everything else in `${…}` is the
/// worker's and stays. Values from env and file count as secret. Error{config} for a reference without a value.
using LookUp = std::function<std::optional<std::string>(std::string_view kind, std::string_view argument)>;
[[nodiscard]] WantedConnector resolve(const ConnectorSpec&, const LookUp&);

/// The same connector capturing `tables` as well: what a rollback wants.
[[nodiscard]] ConnectorSpec with_tables(ConnectorSpec, const std::vector<TableName>& tables);

/// Topics that a connector needs: as the manifest declares them, else in the shape of the declared topics that capture tables, else one
/// partition. A table whose topic cannot be told has none.
[[nodiscard]] std::vector<TopicSpec> topics_of(const ConnectorSpec&, const Project&);

/// Keys whose values differ, for a plan and for `status`; secret values as digests, "name" left out.
[[nodiscard]] std::vector<Change> config_changes(const WantedConnector&, const Config& seen);

}  // namespace ctl::plan
