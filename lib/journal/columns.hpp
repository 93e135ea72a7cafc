#pragma once
#include "core/text.hpp"
#include "postgres/connection.hpp"

/// Columns of the journal's queries.
namespace ctl {

inline Millis instant(const postgres::Rows& rows, std::size_t row, std::string_view column) {
  return Millis{std::chrono::milliseconds{rows.integer(row, column)}};
}

}  // namespace ctl
