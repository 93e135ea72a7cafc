#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/event_table.hpp"
#include "model/topic.hpp"

namespace ctl {

/// A group of topics with one naming rule.
struct Family {
  std::string name{};     ///< "application", "cdc"
  std::string pattern{};  ///< "shop.*" style glob: '*' is one or more characters of [a-zA-Z0-9._-]
  std::string description{};
  int partitions{};
  int replication{};
  Config config{};  ///< what a topic of this family gets when it says nothing else
  std::map<std::string, Position, std::less<>> config_at{};
  Position at{};
};

/// A connector as its file declares it: Connect's own {name, config}.
struct ConnectorSpec {
  std::string name{}, file{};
  Config config{};  ///< `${…}` references as written, without "name"
  Position at{};
  std::map<std::string, Position, std::less<>> key_at{};  ///< where each key of config stands
  [[nodiscard]] std::vector<TableName> tables() const;    ///< table.include.list, in order
  [[nodiscard]] std::string get(std::string_view key, std::string_view otherwise = {}) const;
};

/// One migration: sql/migrations/NNNN_name.{deploy,verify,revert}.sql. The deploy file's first comment lines are directives:
/// `-- phase: expand|contract`, `-- run-by: deploy|finalize` (contract only), `-- no-transaction`.
struct Migration {
  std::string id{};  ///< "0001_core"
  enum class Phase : unsigned char { expand, contract } phase{};
  enum class RunBy : unsigned char { deploy, finalize } run_by{};
  bool transactional{true};
  std::string deploy{}, verify{}, revert{};  ///< texts; verify and revert may be ""
  std::string deploy_file{}, verify_file{}, revert_file{};
  std::string digest{};  ///< sha256 of the deploy text
};

/// Everything the operator wrote, read and checked once.
struct Project {
  std::string folder{}, file{};  ///< folder, and topics.yaml in it
  std::vector<Family> families{};
  std::vector<TopicSpec> topics{};                           ///< by name
  std::vector<EventTable> tables{};                          ///< by topic: the event tables
  std::vector<ConnectorSpec> connectors{};                   ///< by name
  std::vector<Migration> migrations{};                       ///< by id
  std::string retired_schema{};                              ///< where retired tables live
  std::string digest{};                                      ///< sha256 over all input files
  [[nodiscard]] std::vector<TableName> core_tables() const;  ///< the tables whose changes a cdc topic captures, by name
  [[nodiscard]] const TopicSpec* topic(std::string_view name) const noexcept;
  [[nodiscard]] const EventTable* table_of(std::string_view topic) const noexcept;
};

}  // namespace ctl
