#pragma once
#include <optional>
#include <vector>

#include "postgres/copy.hpp"
#include "transfer/codec.hpp"

namespace ctl::transfer {

struct WhichRows {
  std::optional<std::int64_t> after{}, upto{};     ///< ids in (after, upto]; nullopt: open
  std::optional<std::vector<std::int64_t>> ids{};  ///< no others than these
  std::optional<std::uint64_t> most{};             ///< the first so many
};
[[nodiscard]] TableInfo info_of(postgres::Connection&, const EventTable&, const Deadline&);  ///< Error{not_found}

/// The table's rows as the encoder wants them, in order of the id, without the ones that a replay has put there (they are events already).
/// Holds the table's definition as it is: binary COPY does not tell what type a column has, so that an ALTER TABLE between the look at the
/// catalog and the COPY would turn values into others.
class RowReader {
 public:
  RowReader(postgres::Connection&, const EventTable&, const WhichRows&, const Deadline&);
  std::optional<postgres::CopyReader::Row> next(const Deadline& until) { return rows_.next(until); }
  [[nodiscard]] Encoder& encoder() noexcept { return encoder_; }
  [[nodiscard]] const TableInfo& info() const noexcept { return info_; }

 private:
  postgres::Transaction held_;
  TableInfo info_;
  Encoder encoder_;
  postgres::CopyReader rows_;
};

}  // namespace ctl::transfer
