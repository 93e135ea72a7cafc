#pragma once
#include <optional>

#include "postgres/copy.hpp"
#include "transfer/codec.hpp"

namespace ctl::transfer {

struct IdRange {
  std::optional<std::int64_t> after{}, upto{};  ///< (after, upto]; nullopt: open
};
/// The table's rows as the encoder wants them, without the ones that a replay has put there (they are events already). In order of the id
/// when the range has an end, else as they lie.
[[nodiscard]] postgres::CopyReader copy_rows(postgres::Connection&, const EventTable&, const Encoder&, IdRange, const Deadline&);

}  // namespace ctl::transfer
