#pragma once
#include "plan/connectors.hpp"

/// Whether the changes of captured tables arrive, all of them and under the declared names, as far as tables and publication decide it.
/// Plan, apply, status and verify judge by these functions and by nothing else.
namespace ctl::plan {

/// Captured tables that are not in the publication, tables in it that nobody wants captured, and what it shall hold.
struct Membership {
  std::vector<TableName> missing{}, extra{}, after{};
};
[[nodiscard]] Membership membership(const ConnectorSpec&, const std::vector<TableName>& published);

/// Tables that a publication holds for the connector's own use, not to be captured: those its signals and heartbeats name.
[[nodiscard]] bool is_side_table(const ConnectorSpec&, const TableName&);

/// It has the table's changes, whatever name they have: it names the table, its schema, or everything.
[[nodiscard]] bool publishes(const Publication&, const TableName&);

/// A captured table is partitioned, so that changes have to come under its name and not under those of its partitions.
[[nodiscard]] bool wants_root(const SeenDatabase&);

/// What the tool does not change by itself: tables of which a publication cannot tell everything, and what somebody else decided about the
/// publication (row filters, column lists, fewer operations, schemas, all tables), each with the statement that mends it.
[[nodiscard]] std::vector<Obstacle> capture_obstacles(const WantedConnector&, const SeenDatabase&);

/// The part of it that is about the tables alone.
[[nodiscard]] std::vector<Obstacle> table_obstacles(const WantedConnector&, const SeenDatabase&);

/// What the plan changes in role, rights and publication of a connector that exists, in words, for those who only judge.
[[nodiscard]] std::vector<Obstacle> capture_differences(const WantedConnector&, const SeenDatabase&);

/// What this session's user must not do of it, told by the catalog. (What the catalog does not tell, apply finds by trying: see
/// apply/captured_tables.hpp.)
[[nodiscard]] std::vector<Obstacle> missing_rights(const WantedConnector&, const SeenDatabase&);

/// Changes with the paths publication/NAME (its tables) and publication/NAME/publish_via_partition_root.
[[nodiscard]] std::vector<Change> publication_changes(const WantedConnector&, const SeenDatabase&);
/// What to do where nothing that is there can be kept.
[[nodiscard]] std::string start_over(const ConnectorSpec&);

[[nodiscard]] std::string publication_path(const ConnectorSpec&);  ///< publication/NAME
[[nodiscard]] std::string root_path(const ConnectorSpec&);         ///< publication/NAME/publish_via_partition_root

}  // namespace ctl::plan
