#pragma once
#include <optional>
#include <string>
#include <string_view>

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
  std::optional<int> length{};              ///< of character varying(n)
  std::optional<int> precision{}, scale{};  ///< of numeric(p, s)
  bool nullable{};
};

/// `value` is valid JSON as it is written, and not null. Numbers are taken to the last digit, or refused. An array is rectangular, as
/// PostgreSQL's are, and of six dimensions at most.
[[nodiscard]] Verdict to_field(std::string_view value, const Column&, const Zone&, std::string& to);

/// Whether jsonb can hold a JSON text: it has no \u0000, no lone surrogate, and no number beyond numeric.
[[nodiscard]] Verdict check_jsonb(std::string_view json);

}  // namespace ctl::transfer
