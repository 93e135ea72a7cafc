#pragma once
#include <span>
#include <string>

#include "transfer/transfer.hpp"

namespace ctl::health {

/// A table that was compared with its topic, and how much of it.
struct Compared {
  std::string table{}, topic{};
  transfer::Parity parity{};
  std::optional<std::int64_t> from_id{};
  bool sample{};
};
/// equal, behind (all that was moved is equal, and more is to come) or differs.
[[nodiscard]] std::string_view verdict(const transfer::Parity&);

/// One difference as `--out` and the examples of the report have it.
[[nodiscard]] Value to_value(const transfer::Difference&);
/// KIND IDS PARTITION OFFSET of what differs, ids that follow each other in one line; what can be done about it; and last the sums, TABLE
/// ROWS IN-TOPIC MISSING DUPLICATE ALTERED MISPLACED EXTRA VERDICT, which are what one looks for at a terminal.
[[nodiscard]] Report parity_report(std::span<const Compared>);

}  // namespace ctl::health
