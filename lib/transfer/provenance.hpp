#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "transfer/codec.hpp"

namespace ctl::transfer {

/// Tells the events of a table's rows from those of the application. The tool writes the id field last, so that its text is compared from
/// the end: in valid JSON those bytes can be nothing else than that member of the outermost object. Only an event that ends otherwise is
/// parsed.
class Provenance {
 public:
  Provenance(const EventTable&, const TableInfo&);
  [[nodiscard]] std::optional<std::int64_t> row_of(std::string_view value);  ///< the id, if it is one of this table's rows

 private:
  std::string before_{};  ///< `,"event_id":"pg:clicks:`
  Decoder decoder_;
  Decoder::Row row_{};
};

}  // namespace ctl::transfer
