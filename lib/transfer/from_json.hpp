#pragma once
#include <simdjson.h>

#include <optional>
#include <string>

#include "transfer/codec.hpp"
#include "transfer/column_type.hpp"

/// A JSON value as the text that COPY takes for a column, validated as the server would. For the .cpp files of this room.
namespace ctl::transfer {

struct Verdict {
  Reject reject{Reject::none};
  std::string detail{};
};
struct Column {
  std::string member{}, name{};  ///< in the JSON, in the table
  FieldType type{};
  std::optional<int> length{};  ///< of character varying(n)
  bool nullable{};
};

/// `text` is the value as it is written, for a column that needs it. The value is not null. An array is rectangular, as PostgreSQL's are,
/// and of six dimensions at most.
[[nodiscard]] Verdict to_field(const simdjson::dom::element&, std::string_view text, const Column&, const Zone&, std::string& to);
/// Numbers of any length and JSON are carried as they are written.
[[nodiscard]] constexpr bool needs_text(const FieldType& type) {
  return type.element == ColumnType::numeric || type.element == ColumnType::json || type.element == ColumnType::jsonb;
}
/// Whether a JSON text holds \u0000. PostgreSQL has no such character, neither in text nor in jsonb.
[[nodiscard]] bool has_nul(std::string_view json);

}  // namespace ctl::transfer
