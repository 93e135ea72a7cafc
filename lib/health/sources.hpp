#pragma once
#include <optional>
#include <string>

#include "health/surroundings.hpp"
#include "journal/journal.hpp"
#include "model/event_table.hpp"
#include "postgres/parts.hpp"

namespace ctl {

/// The three servers, for looking: nothing in here can write (the session is READ ONLY at the server). Constructing asks only PostgreSQL; a
/// server that does not answer is an error when something needs it, not before.
class Sources {
 public:
  Sources(const Surroundings&, const Deadline&);
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  const Surroundings& around;
  kafka::Cluster kafka;
  connect::Worker worker;
  [[nodiscard]] postgres::Connection& database();  ///< throws why there is no session
  [[nodiscard]] Journal& journal();                ///< likewise
  [[nodiscard]] const Known<postgres::Connection>& session() const noexcept { return session_; }

 private:
  Known<postgres::Connection> session_;
  std::optional<Journal> journal_{};
};

/// Throws Error{refused} when a server that answers is not the one that the context pins. Asks nobody when nothing is pinned.
void need_pinned(Sources&, const Deadline&);

/// Where the rows of an event table are now: as declared, or in the schema of retired tables.
struct Located {
  TableInfo info{};
  bool retired{};
  bool fenced{};                        ///< no write passes, on any part
  std::vector<postgres::Part> parts{};  ///< the table first, then all that is read with it
};
[[nodiscard]] std::optional<Located> locate(const Project&, const EventTable&, postgres::Connection&,
                                            const Deadline&);             ///< nullopt: nowhere
[[nodiscard]] EventTable at(const EventTable& declared, const Located&);  ///< the declared table with the schema where it is now

/// Somebody has thought of it: the migration that retires tables names it, or it is the publication of a declared connector.
[[nodiscard]] bool accounted_for(const Project&, const Dependent&);
/// Partitions in the schema of their table that no contract migration of deploy moves along, or moves back: neither by name nor by a walk
/// through the catalog. The statements that are lacking, one each; what a script really does is judged when it runs.
[[nodiscard]] std::vector<std::string> unmoved_parts(const Project&, const Located&);

/// What keeps the rows of a table from being followed in the order of their ids: its sequence, or what its parts are.
[[nodiscard]] std::optional<Disorder> disorder(const Located&);

}  // namespace ctl
