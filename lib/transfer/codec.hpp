#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_table.hpp"
#include "postgres/copy.hpp"

/// Row and event, the one from the other: what JavaScript's JSON.stringify would print of a row's fields, and back. Pure: no server is
/// asked. Session settings that an Encoder relies on: ISO dates, UTF-8 and the shortest exact floats (sql/queries/session.sql).
namespace ctl::transfer {

/// Why a row or an event cannot cross. Stable: it is stored in dead letters and shown to people.
enum class Reject : unsigned char {
  none,
  bad_json,
  missing_field,
  wrong_type,
  out_of_range,
  too_long,
  bad_time,
  bad_utf8,
  nul_byte,
  json_null,  ///< JSON's null among the elements of an array, where it could not be told from NULL
  fk_missing,
  server,
  trigger,
  not_the_row
};
[[nodiscard]] std::string_view to_string(Reject);

/// COPY row -> key and JSON value. Compiled once from the declaration and the table's columns (what cannot cross is refused here, by
/// name: Error{refused} for a type, Error{manifest} for a column that the table does not have); allocates nothing a row.
class Encoder {
 public:
  Encoder(const EventTable&, const TableInfo&);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  struct Event {
    std::int64_t id{};
    std::string_view key{}, value{};
    std::optional<std::int64_t> time_ms{};  ///< of the time column, milliseconds since 1970 UTC; nullopt: the row has none
    std::string_view column{};              ///< of a Reject
    /// Whether the declared time zone has a local time of the row once, or when its clocks change twice or not at all. PostgreSQL then
    /// takes standard time, or the time that clocks would show had they not changed.
    enum class Hour : unsigned char { once, twice, never } hour{};
    bool below_millisecond{};  ///< a time of the row has microseconds that the event does not carry
  };
  /// What to SELECT, in this order, as SQL expressions; the id first. Times in a zone with its own rules are brought to UTC by the server.
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept;
  [[nodiscard]] Reject encode(postgres::CopyReader::Row,
                              Event& out);  ///< views valid until the next call; id and column also after a Reject

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Event value -> fields of a COPY row, validated against the table's columns, so that the server has nothing left to refuse but what other
/// rows decide. Whose event it is comes first, and of the others only the members that go into columns are judged. A member that is absent
/// is NULL; of a NOT NULL column, or when no declared member is there at all, it is a missing_field.
class Decoder {
 public:
  Decoder(const EventTable&, const TableInfo&);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  struct Row {
    std::vector<std::optional<std::string>> fields{};  ///< of columns(), plain text (not escaped)
    bool from_table{};                                 ///< it claims to come from this table (Provenance); fields are not filled
    std::int64_t source_id{};                          ///< then: the id
    std::string column{}, detail{};                    ///< of a Reject
  };
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept;  ///< names, without the id column
  /// Positions in columns() whose texts are UTC, to be brought to the declared time zone by the server (a zone with rules of its own).
  [[nodiscard]] const std::vector<std::size_t>& utc_columns() const noexcept;
  [[nodiscard]] Reject decode(std::string_view value, Row& out);
  /// The fields, whatever the event claims to be: for a claim that was found to be untrue.
  [[nodiscard]] Reject decode_fields(std::string_view value, Row& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::transfer
