#pragma once
#include "model/event_table.hpp"

namespace ctl::transfer {

/// How the values of a column cross. A closed list: a type that is not in it is refused by name before anything is read.
enum class ColumnType : unsigned char {
  small,
  integer,
  big,
  numeric,
  real,
  float8,
  boolean,
  text,
  uuid,
  json,
  jsonb,
  date,
  local_time,
  instant
};

[[nodiscard]] ColumnType column_type(const TableName&, const ColumnInfo&);  ///< Error{refused} names table, column and type

/// What a member of an event may be as well: an array of them. Not of times, whose zone would be that of nobody knows which session.
struct FieldType {
  ColumnType element{};
  bool array{};
};
[[nodiscard]] FieldType field_type(const TableName&, const ColumnInfo&);  ///< Error{refused} as above

[[nodiscard]] const ColumnInfo& find_column(const TableInfo&, const EventTable&,
                                            std::string_view name);  ///< Error{manifest} with the declaration's place
[[nodiscard]] constexpr bool is_integer(ColumnType t) { return t <= ColumnType::big; }

/// What a declared time zone means for a column without one.
struct Zone {
  enum class Kind : unsigned char { utc, fixed, rules } kind{};  ///< rules: only the server knows them
  std::int64_t offset_us{};                                      ///< of a fixed one, east is positive
};
[[nodiscard]] Zone zone(std::string_view name);  ///< "UTC", "+02:00", "Europe/Berlin"

}  // namespace ctl::transfer
