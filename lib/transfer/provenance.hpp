#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event_table.hpp"
#include "transfer/json_reader.hpp"

namespace ctl::transfer {

/// What an event says of itself in its id field. Whether it is true is another question: only a comparison with the row can tell.
struct Claim {
  enum class Of : unsigned char {
    nothing,  ///< it comes from the application
    row,      ///< of this table
    other     ///< of another table, or of no row ("pg:clicks:x")
  } of{};
  std::int64_t id{};   ///< of the row
  std::string text{};  ///< of the id field, if it is of another
};

/// Tells the events that claim to be rows of a table from all others, without judging anything else in them. This is the one reading of
/// provenance: replay, its parity, repair and reconcile share it.
///
/// A value that ends as the tool ends its own events (`,"event_id":"pg:clicks:5"}`) makes that claim, whatever comes before. In valid JSON
/// those bytes can be nothing else than the last member of the outermost object, and of members with one name the last one counts, as in
/// JavaScript. A value that is not valid JSON makes the claim in no other way. Ids are written as the tool writes them: "007" is none.
class Provenance {
 public:
  explicit Provenance(const EventTable&);

  [[nodiscard]] std::optional<std::int64_t> row_of(std::string_view value);  ///< nullopt: it does not claim to be a row of this table

  /// The two steps of row_of(), for who reads the members anyway. The first answers for the tool's own events without a look at the rest.
  [[nodiscard]] std::optional<std::int64_t> row_by_end(std::string_view value) const;
  [[nodiscard]] Claim claim_of(const std::vector<JsonMember>& members) const;

 private:
  [[nodiscard]] std::optional<std::int64_t> id_after_prefix(std::string_view text) const;

  std::string id_field_;
  std::string prefix_;           ///< `pg:clicks:`
  std::string quoted_prefix_{};  ///< the same as JSON, without the quote at its end
  std::string before_{};         ///< `,"event_id":"pg:clicks:`
  std::vector<JsonMember> members_{};
};

}  // namespace ctl::transfer
