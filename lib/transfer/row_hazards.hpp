#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "postgres/connection.hpp"
#include "transfer/codec.hpp"
#include "transfer/record_limits.hpp"

namespace ctl::transfer {

/// Rows that cannot become events, or not without a loss, for one reason.
struct RowHazard {
  enum class Why : unsigned char {
    value,         ///< the encoder refuses a column's value
    ahead,         ///< the record's time is too far ahead of the broker's clock
    behind,        ///< … or behind it
    client_bytes,  ///< the record is larger than the client sends
    topic_bytes,   ///< … or than the topic takes, unless it becomes smaller when it is compressed
    microseconds   ///< the event says less of a time than the row; no row is refused for it
  } why{};
  std::string column{};  ///< of a value or a time
  Reject reject{};       ///< of a value
  std::uint64_t rows{};
  std::vector<std::int64_t> first_ids{};  ///< five at most
  std::int64_t farthest{};                ///< of a time, ms since 1970; of a size, bytes
};
[[nodiscard]] constexpr bool refuses(const RowHazard& hazard) { return hazard.why != RowHazard::Why::microseconds; }
/// "3 rows (ids 1, 2, 7): column ts has a time that no event can have", with the limit. A sentence.
[[nodiscard]] std::string describe(const RowHazard&, const RecordLimits&);
[[nodiscard]] std::string remedy(const RowHazard&, const RecordLimits&, const EventTable&);

struct RowHazards {
  std::vector<RowHazard> found{};  ///< in order of the first id
  std::uint64_t rows{};            ///< looked at
  bool complete{};                 ///< false: the time was over before all rows were looked at
  [[nodiscard]] bool refuses_any() const;
};

/// Looks at each row behind `after` (those that are not moved yet) with the encoder that would send it, so that what is found is what a
/// copy would be refused, all of it. Costs what reading the table for a copy costs, a minute or two for 100 million rows; reads it in
/// parts, as a comparison does.
[[nodiscard]] RowHazards row_hazards(const postgres::Target&, const EventTable&, std::optional<std::int64_t> after, const RecordLimits&,
                                     std::uint64_t rows_expected, Listener&, const Deadline&);

}  // namespace ctl::transfer
