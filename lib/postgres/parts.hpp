#pragma once
#include <string>
#include <vector>

#include "model/event_table.hpp"
#include "postgres/connection.hpp"

namespace ctl::postgres {

/// A table, or what is read with it: a partition of any depth, or a child by INHERITS.
struct Part {
  std::string oid{};
  TableName table{};
  enum class Link : unsigned char {
    root,
    partition,
    child,
    apart,  ///< belongs to it no longer, but has a fence from that time
  } link{};
  bool elsewhere{};  ///< a foreign table: its rows are on another server
  bool may_alter{};  ///< by this session's role
  bool statements_held{};
  bool rows_held{};
  bool any_fence{};           ///< a trigger of a fence is there, whether it holds or not
  std::string belongs_to{};   ///< of the root: "partition of public.all", "child of public.base"; "": it stands alone
  std::string id_sequence{};  ///< that fills its id, "" without one
  bool function_intact{};     ///< the function of all fences is the tool's
};

/// The root first; empty when there is no such table. `of` is the table as the manifest declares it (it may have moved since), `id` its id
/// column.
[[nodiscard]] std::vector<Part> parts(Connection&, const TableName& table, const TableName& of, const std::string& id, const Deadline&);

/// What lets a write pass: "public.clicks_p2 has no trigger for each row that always fires". "": nothing, every part is held.
[[nodiscard]] std::string fence_hole(const std::vector<Part>&);
[[nodiscard]] bool any_fence(const std::vector<Part>&);

/// Why such a table cannot be followed row by row, and the way out; nullopt: it can. Partitioned tables can.
[[nodiscard]] std::optional<Disorder> disorder(const std::vector<Part>&);

/// Puts the fence on every part, or completes one. Inside the caller's transaction; takes SHARE ROW EXCLUSIVE on each part, and ACCESS
/// EXCLUSIVE where it replaces an older fence.
void put_fence(Connection&, const TableName& table, const TableName& of, const Deadline&);
/// Takes it from every part, and from those that were detached meanwhile.
void take_fence(Connection&, const TableName& table, const TableName& of, const Deadline&);

}  // namespace ctl::postgres
