#include "transfer/refused_record.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "transfer/row_hazards.hpp"

namespace ctl::transfer {
namespace {

bool mentions(const Error& e, std::string_view word) {
  return e.text().cause.find(word) != std::string::npos || e.text().what.find(word) != std::string::npos;
}

}  // namespace

Error explained(const Error& e, kafka::Cluster& cluster, const kafka::Settings& settings, const EventTable& table,
                const RecordExtremes& extremes, const Deadline& until) {
  const bool time = mentions(e, "INVALID_TIMESTAMP") && extremes.latest;
  const bool size = mentions(e, "MSG_SIZE_TOO_LARGE") || mentions(e, "RECORD_LIST_TOO_LARGE") || mentions(e, "Message size too large");
  if (!time && !size) return e;
  const auto limits = attempt([&] { return record_limits(cluster, settings, table.topic, {}, until); });
  if (!limits) return e;
  using Why = RowHazard::Why;
  RowHazard hazard{.why = Why::client_bytes, .rows = 1, .first_ids = {extremes.largest.id}, .farthest = extremes.largest.value};
  if (size && extremes.largest.value <= limits->client_bytes) hazard.why = Why::topic_bytes;
  if (time) {
    const auto ahead = Millis{std::chrono::milliseconds{extremes.latest->value}} - now();
    const bool is_ahead = limits->ahead_ms && ahead.count() > *limits->ahead_ms;
    const auto& row = is_ahead ? *extremes.latest : *extremes.earliest;
    hazard = {
        .why = is_ahead ? Why::ahead : Why::behind, .column = table.time_column, .rows = 1, .first_ids = {row.id}, .farthest = row.value};
  }
  auto text = e.text();
  text.cause += (text.cause.empty() ? "" : "; ") + describe(hazard, *limits);
  text.hint = remedy(hazard, *limits, table) + "; mykartctl preflight --only data names all such rows";
  Error told{Code::refused, std::move(text)};
  for (const auto& activity : e.during()) told.within(activity);
  return told;
}

}  // namespace ctl::transfer
