#pragma once
#include <optional>
#include <vector>

#include "postgres/copy.hpp"
#include "transfer/codec.hpp"

namespace ctl::transfer {

struct WhichRows {
  std::optional<std::int64_t> after{}, upto{};     ///< ids in (after, upto]; nullopt: open
  std::optional<std::vector<std::int64_t>> ids{};  ///< no others than these
};
/// The table's rows as the encoder wants them, without the ones that a replay has put there (they are events already). In order of the id
/// when there is an end to them, else as they lie.
[[nodiscard]] postgres::CopyReader copy_rows(postgres::Connection&, const EventTable&, const Encoder&, const WhichRows&, const Deadline&);

}  // namespace ctl::transfer
