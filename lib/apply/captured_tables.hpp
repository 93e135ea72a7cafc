#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apply/desk.hpp"
#include "core/secret.hpp"

/// PostgreSQL's side of a CDC connector, written. Everything may be done twice; what is done already is left alone.
namespace ctl {

/// LOGIN REPLICATION, nothing more. `password` is that of a new role (nullptr: it gets none); one that exists keeps its own.
void make_cdc_role(const Desk&, const std::string& role, const Secret* password, const Deadline&);

/// `object` as the plan names it: "database shop" (CONNECT), "schema public" (USAGE), "public.orders" (SELECT).
void grant_to_cdc_role(const Desk&, const std::string& role, const std::string& object, const Deadline&);

/// What a step does with a publication.
struct Publishing {
  std::string publication{};
  std::vector<TableName> add{}, drop{};
  bool via_root{};  ///< partitions' changes shall come under the name of their table from now on
};

/// Adds tables, in one transaction with the publication itself where that is missing. Never drops, never sets the whole list.
void publish(const Desk&, const Publishing&, const Deadline&);
void unpublish(const Desk&, const Publishing&, const Deadline&);

/// What a step does with the connector's role: made if it is missing, LOGIN REPLICATION if it lacks that; objects as in grant_to_cdc_role.
struct Access {
  std::string role{};
  bool make_role{};
  std::vector<std::string> grants{};
};

/// Does all of it in a transaction that is rolled back, with short waits for locks, and looks in it whether `left` finds something still to
/// do (a GRANT without the right to it is only a warning). Throws what PostgreSQL throws, or Error{denied} for what had no effect. So what
/// a plan shows is known to be possible before anything is stopped for it.
void rehearse(const Desk&, const Access&, const Publishing&, const std::function<std::optional<std::string>()>& left, const Deadline&);

void drop_publication(const Desk&, const std::string& publication, const Deadline&);
/// A logical slot of this database with this plugin, no other. Error{refused} while somebody reads from it.
void drop_slot(const Desk&, const std::string& slot, const std::string& plugin, const Deadline&);

/// Returns once nobody reads from the slot; a slot that does not exist is read by nobody.
void await_slot_idle(const Desk&, const std::string& slot, const Deadline&);

/// The connector's password, where this process can resolve the worker's own reference (`${env:NAME}`) or it is no reference.
[[nodiscard]] std::optional<Secret> cdc_password(const Surroundings&, const ConnectorSpec& resolved);

}  // namespace ctl
