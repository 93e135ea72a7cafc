#pragma once
#include <optional>
#include <vector>

#include "postgres/copy.hpp"
#include "transfer/codec.hpp"

namespace ctl::transfer {

struct WhichRows {
  std::optional<std::int64_t> after{}, upto{};     ///< ids in (after, upto]; nullopt: open
  std::optional<std::vector<std::int64_t>> ids{};  ///< no others than these
  std::optional<std::uint64_t> most{};             ///< the first so many, rows that are left out included
  bool changed{};  ///< also rows that are not what a replay wrote under their id (RowReader::changed); else they are Error{refused}
};
[[nodiscard]] TableInfo info_of(postgres::Connection&, const EventTable&, const Deadline&);  ///< Error{not_found}

/// The table's rows as the encoder wants them, in order of the id, without the ones that a replay of the topic has put there, as long as
/// they are what it wrote (they are events already). What was written by version 1 of the journal, which did not keep what it was, is left
/// out by its id. Holds the table's definition as it is: binary COPY does not tell what type a column has, so that an ALTER TABLE between
/// the look at the catalog and the COPY would turn values into others.
class RowReader {
 public:
  RowReader(postgres::Connection&, const EventTable&, const WhichRows&, const Deadline&);
  std::optional<postgres::CopyReader::Row> next(const Deadline& until);
  [[nodiscard]] Encoder& encoder() noexcept { return encoder_; }
  [[nodiscard]] const TableInfo& info() const noexcept { return info_; }
  /// The last row has the id of one that a replay wrote, and is another one: it was changed since, or the id was used again.
  [[nodiscard]] bool changed() const noexcept { return changed_; }
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }           ///< rows so far, with those that were left out
  [[nodiscard]] std::int64_t last_seen() const noexcept { return last_seen_; }  ///< the id of the last of them

 private:
  enum class Kind : unsigned char { none, ordinary, replayed, changed };
  Kind read(const Deadline&);  ///< the next row, into row_
  [[nodiscard]] bool as_replayed(postgres::CopyReader::Row, std::string_view content);
  [[noreturn]] void refuse(const Deadline&);

  const EventTable& table_;
  bool take_changed_;
  postgres::Transaction held_;
  TableInfo info_;
  Encoder encoder_;
  bool marked_;  ///< the last column says what a replay wrote under the row's id; NULL: nothing, empty: nobody knows
  postgres::CopyReader rows_;
  std::optional<postgres::CopyReader::Row> row_{};
  bool changed_{};
  std::uint64_t seen_{};
  std::int64_t last_seen_{};
};

}  // namespace ctl::transfer
