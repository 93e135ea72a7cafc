#pragma once
#include <optional>

#include "postgres/connection.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

/// The barrier: `id` is final as soon as `reached`; it is not when the time was over before all transactions of that moment had ended.
struct Barrier {
  std::optional<std::int64_t> id{};  ///< nullopt: the table is empty
  bool reached{};
  std::string waits_for{};  ///< when not reached: "pid 4711 (storefront, 10.0.0.7) since 2026-11-22 10:00:00"
};
/// Waits until the deadline, and says every few seconds for whom.
[[nodiscard]] Barrier settle(postgres::Connection&, const EventTable&, Listener&, const Deadline&);

}  // namespace ctl::transfer
