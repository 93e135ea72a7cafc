#pragma once
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

/// Adds tables, in one transaction with the publication itself where that is missing. Never drops, never sets the whole list.
void publish(const Desk&, const std::string& publication, const std::vector<TableName>& add, const Deadline&);
void unpublish(const Desk&, const std::string& publication, const std::vector<TableName>& drop, const Deadline&);

void drop_publication(const Desk&, const std::string& publication, const Deadline&);
void drop_slot(const Desk&, const std::string& slot, const Deadline&);  ///< Error{refused} while somebody reads from it

/// Returns once nobody reads from the slot; a slot that does not exist is read by nobody.
void await_slot_idle(const Desk&, const std::string& slot, const Deadline&);

/// The connector's password, where this process can resolve the worker's own reference (`${env:NAME}`) or it is no reference.
[[nodiscard]] std::optional<Secret> cdc_password(const Surroundings&, const ConnectorSpec& resolved);

}  // namespace ctl
