#include "transfer/claims.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "transfer/outlet.hpp"

namespace ctl::transfer {
namespace {

/// What an event claims wrongly when the row is there; nullptr: it is the row's.
const char* differing(const Arrived& claim, const Encoder::Event& row, bool timed) {
  if (*claim.value != row.value) return "another content";
  if (!claim.key || *claim.key != row.key) return "another key";
  if (timed && row.time_ms && claim.time_ms != record_time(*row.time_ms).time_since_epoch().count()) return "another time";
  return nullptr;
}

}  // namespace

void ClaimCheck::check(Batch& batch, const Deadline& until) {
  auto& claims = batch.claims;
  if (claims.empty()) return;
  std::stable_sort(claims.begin(), claims.end(), [](const Arrived& a, const Arrived& b) { return a.id < b.id; });
  std::vector<std::int64_t> ids;
  ids.reserve(claims.size());
  for (const auto& claim : claims)
    if (ids.empty() || ids.back() != claim.id) ids.push_back(claim.id);
  auto claim = claims.begin();
  const auto refuse = [&](Arrived& event, std::string_view why) {
    event.reject = Reject::not_the_row;
    event.column = table_.id_field;
    event.detail = "it says that it is row " + std::to_string(event.id) + " of " + to_string(table_.table) + ", which " + std::string{why};
    event.id = 0;
    batch.events.push_back(std::move(event));
  };
  const auto pass_to = [&](std::int64_t id) {
    for (; claim != claims.end() && claim->id < id; ++claim) refuse(*claim, "is not there");
  };
  rows_.read(
      ids,
      [&](const Encoder::Event& row, Reject reject) {
        pass_to(row.id);
        for (; claim != claims.end() && claim->id == row.id; ++claim) {
          const auto* differs = reject == Reject::none ? differing(*claim, row, timed_) : "a value that no event can have";
          if (differs == nullptr)
            ++batch.ledgers.at(claim->partition).from_table;
          else
            refuse(*claim, std::string{"has "} + differs);
        }
      },
      until);
  for (; claim != claims.end(); ++claim) refuse(*claim, "is not there");
  claims.clear();
}

}  // namespace ctl::transfer
