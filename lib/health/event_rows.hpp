#pragma once
#include <optional>
#include <string>

#include "health/checks.hpp"
#include "transfer/row_hazards.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {

/// What a declared event table is that is no table, "view" say; nullopt: there is nothing of its name, or it is a table.
[[nodiscard]] std::optional<std::string> other_kind(postgres::Connection&, const EventTable&, const Deadline&);
/// Why such a thing is no source, and what to do.
[[nodiscard]] std::string no_source(const EventTable&, const std::string& kind);
inline constexpr std::string_view name_a_table =
    "name the table that holds the rows as source.table: only a table has ids that say what is new";

/// The rows that are not moved yet, looked at one by one (transfer/row_hazards.hpp), and the limits that they were judged by.
struct LookedAt {
  transfer::RecordLimits limits{};
  transfer::RowHazards rows{};
};
/// `table` says where the rows are now. Reads all that is behind `after`; ends at the deadline, incomplete.
[[nodiscard]] LookedAt look_at_rows(const Surroundings&, kafka::Cluster&, const EventTable& table, const transfer::Unmoved&,
                                    const Deadline&, Listener&);

}  // namespace ctl::health
