#pragma once
#include <string>

#include "transfer/column_type.hpp"

namespace ctl::transfer {

/// What to SELECT of a column: as binary COPY sends it best, times in UTC if the server alone knows their zone's rules.
[[nodiscard]] std::string value_expression(const std::string& column, FieldType, const EventTable&);
/// "twice" or "never" for a local time that the zone has so when its clocks change, else "".
[[nodiscard]] std::string hour_expression(const std::string& column, const EventTable&);

}  // namespace ctl::transfer
