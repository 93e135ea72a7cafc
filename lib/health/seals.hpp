#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "health/sources.hpp"

/// A seal is worth what its facts are worth now. Whoever relies on one (plan, retire, verify, status) asks here, and nobody repeats what it
/// once said.
namespace ctl::health {

/// What became of a proof since it was made.
struct SealState {
  enum class Kind : unsigned char { absent, holds, changed, unknown } kind{};
  std::vector<std::string> changes{};  ///< what no longer is as it was proved, by name and number
  std::string why{};                   ///< of unknown
  std::optional<Seal> seal{};          ///< nullopt when absent
  [[nodiscard]] bool holds() const noexcept { return kind == Kind::holds; }
};
[[nodiscard]] std::string to_string(const SealState&);  ///< "holds", "not proved", "no longer: …", "not known: …"

/// How closely a table is looked at: what the catalog and an index tell, or every row as well (sql/queries/seal_rows.sql; about three
/// million rows a second).
enum class Depth : unsigned char { catalog, counted };

/// Who is asked.
struct SealWitnesses {
  const Project& project;
  Journal& journal;
  kafka::Cluster& kafka;
  postgres::Connection& database;
};

/// What a proof that is made now would be bound to: the declared table where its rows are, its topic, and the declaration. Taken before
/// the comparison begins, it is a promise that whatever is otherwise afterwards has changed since. Throws what cannot be learnt, except for
/// the topic's id.
[[nodiscard]] SealFacts seal_facts(const SealWitnesses&, const EventTable& declared, const Located&, Depth, const Deadline&);

/// Of the proof in this direction (deploy: every row is in the topic; rollback: every event is in the table). Asks for metadata only, and
/// passes over the rows when they are to be counted.
[[nodiscard]] SealState seal_state(const SealWitnesses&, const EventTable& declared, std::string_view direction, Depth, const Deadline&);
/// Of all declared tables, in their order.
[[nodiscard]] std::vector<SealState> seal_states(const SealWitnesses&, std::string_view direction, Depth, const Deadline&);

/// What the servers say of a sealed table and its topic. For the pure part, and its tests.
struct ObservedTopic {
  Known<std::string> id{};
  std::map<int, Offsets> partitions{};
  std::string cleanup_policy{};  ///< "" when the broker does not tell it
};
struct SealObservation {
  std::string declaration{};
  Known<ObservedTopic> topic{};               ///< not_found: there is none
  Known<std::optional<SealedTable>> table{};  ///< nullopt: it is nowhere
  bool dropped{};                             ///< by the migration that finalizes: then it need not be there
};
[[nodiscard]] SealState judge(const Seal&, const SealObservation&);

/// Records of the topic that expire by key: the cleaner keeps one of each, and no offset tells how many it has removed.
[[nodiscard]] bool compacts(std::string_view cleanup_policy);

/// Digest of what the manifest says about the table and its events.
[[nodiscard]] std::string declaration_digest(const EventTable&);

}  // namespace ctl::health
