#pragma once
#include <cstdint>

#include "event.hpp"

namespace storefront {

/// What a shop's visitors do, as numbers in a row: the same seed makes the same events, whoever asks and in whatever order.
struct Traffic {
  std::uint64_t seed{};
  std::int64_t products{};  ///< ids 1 to this exist; few of them get most of the attention
  bool broken_links{};      ///< one id in 100 does not exist or is no number, as browsers send them; else one in 2,000 does not exist
  [[nodiscard]] Event event(std::uint64_t number) const;            ///< without its time
  [[nodiscard]] ctl::Value cart_items(std::uint64_t number) const;  ///< of an order: one to three items
};

}  // namespace storefront
