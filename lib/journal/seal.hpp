#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "model/topic.hpp"

namespace ctl {

/// One relation that holds rows of an event table: the table itself, a partition, or a table that inherits from it.
struct SealedRelation {
  std::int64_t oid{};
  std::int64_t filenode{};  ///< pg_relation_filenode: another one after TRUNCATE, VACUUM FULL, CLUSTER or a change of a column's type
  std::string name{};       ///< schema.name, for messages
  std::string columns{};    ///< digest of numbers, names and types of its columns
  bool operator==(const SealedRelation&) const = default;
};

/// A table, as far as the catalog and one pass over its rows tell whether it is still the one that was compared.
struct SealedTable {
  std::string server{}, database{};         ///< system identifier, and the database's oid
  std::vector<SealedRelation> relations{};  ///< by oid
  std::uint64_t rows{};                     ///< all of them, also those that a replay has put there
  std::optional<std::int64_t> last_id{};    ///< the highest
  std::string versions{};                   ///< digest of which version of each row is where (sql/queries/seal_rows.sql); "": not counted
};

struct SealedTopic {
  std::optional<std::string> id{};      ///< KIP-516; nullopt where the connection does not tell it
  std::map<int, Offsets> partitions{};  ///< what was read of each
};

/// What a proof has looked at, of which the servers can be asked again.
struct SealFacts {
  std::string declaration{};  ///< digest of what the manifest said about table and events
  SealedTable table{};
  SealedTopic topic{};
};

/// A proof of parity that was recorded. It holds while its facts do (health/seals.hpp).
struct Seal {
  std::string table{}, topic{}, direction{}, digest{};
  std::uint64_t rows{}, events{};
  std::optional<std::int64_t> last_id{};
  std::map<int, std::int64_t> ends{};
  Millis at{};
  std::int64_t run{};
  std::optional<SealFacts> facts{};  ///< nullopt: of a version of this tool that kept none
};

[[nodiscard]] std::string to_json_text(const SealFacts&);
/// nullopt for "" and for anything that to_json_text has not written: what cannot be read proves nothing.
[[nodiscard]] std::optional<SealFacts> seal_facts_from(std::string_view json);

}  // namespace ctl
