#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_table.hpp"
#include "postgres/copy.hpp"

namespace ctl::transfer {

/// Why a row or an event cannot cross. Stable: it is stored in dead letters and shown to people.
enum class Reject : unsigned char { none, bad_json, missing_field, wrong_type, out_of_range, too_long, bad_time, bad_utf8, nul_byte, fk_missing, server };
[[nodiscard]] std::string_view to_string(Reject);

/// COPY text row -> key and JSON value. Compiled once from the declaration and the table's columns (unknown types are refused here, by name);
/// allocates nothing a row.
class Encoder {
 public:
  Encoder(const EventTable&, const TableInfo&);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  struct Event {
    std::int64_t id{};
    std::string_view key{}, value{};
    std::optional<std::int64_t> time_ms{};  ///< of the time column, milliseconds since 1970 UTC
  };
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept;  ///< what to SELECT, in this order; the id first
  [[nodiscard]] Reject encode(postgres::CopyReader::Row, Event& out);      ///< views valid until the next call

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Event value -> fields of a COPY row, validated against the table's columns, so that the server has nothing left to refuse but what other rows decide.
class Decoder {
 public:
  Decoder(const EventTable&, const TableInfo&);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  struct Row {
    std::vector<std::optional<std::string>> fields{};  ///< of columns(), plain text (not escaped)
    bool from_table{};                                 ///< its id field says that it came from this table
    std::int64_t source_id{};                          ///< then: the id
    std::string column{}, detail{};                    ///< of a Reject
  };
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept;  ///< without the id column
  [[nodiscard]] Reject decode(std::string_view value, Row& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::transfer
