#include "transfer/row_hazards.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "transfer/outlet.hpp"
#include "transfer/rows.hpp"

namespace ctl::transfer {
namespace {

using Why = RowHazard::Why;

constexpr std::uint64_t rows_at_once = 500'000;  ///< by one COPY: an ALTER TABLE waits for its end, and the shop's queries behind that
constexpr std::uint64_t report_every = 1U << 16U;
constexpr std::size_t ids_kept = 5;

class Looking {
 public:
  Looking(const EventTable& table, const RecordLimits& limits) : table_{table}, limits_{limits} {}

  void take(Encoder& encoder, postgres::CopyReader::Row row) {
    Encoder::Event event;
    ++found_.rows;
    const auto reject = encoder.encode(row, event);
    last_ = event.id;
    if (reject != Reject::none) return note(Why::value, event.id, event.column, 0, reject);
    if (event.time_ms) look_at_time(event.id, *event.time_ms);
    const auto bytes = record_bytes(event.key.size(), event.value.size());
    if (bytes > limits_.client_bytes)
      note(Why::client_bytes, event.id, {}, bytes);
    else if (bytes > limits_.topic_bytes)
      note(Why::topic_bytes, event.id, {}, bytes);
    if (event.below_millisecond) note(Why::microseconds, event.id, {}, 0);
  }

  [[nodiscard]] std::optional<std::int64_t> last() const { return last_; }
  [[nodiscard]] RowHazards& found() { return found_; }

 private:
  void look_at_time(std::int64_t id, std::int64_t time_ms) {
    const auto ahead = record_time(time_ms) - now();
    const auto beyond = [&](std::optional<std::int64_t> limit, std::chrono::milliseconds distance) {
      return limit && distance.count() > *limit;
    };
    if (beyond(limits_.ahead_ms, ahead)) return note(Why::ahead, id, table_.time_column, time_ms);
    if (beyond(limits_.behind_ms, -ahead)) note(Why::behind, id, table_.time_column, time_ms);
  }

  void note(Why why, std::int64_t id, std::string_view column, std::int64_t size, Reject reject = Reject::none) {
    auto& all = found_.found;
    auto known =
        std::find_if(all.begin(), all.end(), [&](const RowHazard& h) { return h.why == why && h.column == column && h.reject == reject; });
    if (known == all.end()) {
      all.push_back({.why = why, .column = std::string{column}, .reject = reject, .farthest = size});
      known = all.end() - 1;
    }
    ++known->rows;
    if (known->first_ids.size() < ids_kept) known->first_ids.push_back(id);
    known->farthest = why == Why::behind ? std::min(known->farthest, size) : std::max(known->farthest, size);
  }

  const EventTable& table_;
  const RecordLimits& limits_;
  RowHazards found_{};
  std::optional<std::int64_t> last_{};
};

std::string which(const RowHazard& hazard) {
  std::string ids;
  for (const auto id : hazard.first_ids) ids += (ids.empty() ? "" : ", ") + std::to_string(id);
  return fmt::format("{} ({} {}{})", counted(hazard.rows, "row"), hazard.rows == 1 ? "id" : "ids", ids,
                     hazard.rows > hazard.first_ids.size() ? ", …" : "");
}

std::string_view what_is_wrong(Reject reject) {
  switch (reject) {
    case Reject::bad_time: return "infinity, before the year 1 or after 275760: no event can say that";
    case Reject::out_of_range: return "NaN or Infinity, which JSON has no number for";
    case Reject::bad_utf8: return "no UTF-8";
    case Reject::json_null: return "an array with JSON's null, which an event cannot tell from NULL";
    case Reject::wrong_type: return "an array whose indices do not begin at 1";
    default: return to_string(reject);
  }
}

std::string time_of(std::int64_t ms) { return format_instant(Millis{std::chrono::milliseconds{ms}}); }
std::string limit_of(std::optional<std::int64_t> ms) { return format_duration(std::chrono::milliseconds{ms.value_or(0)}); }

}  // namespace

bool RowHazards::refuses_any() const { return std::any_of(found.begin(), found.end(), refuses); }

std::string describe(const RowHazard& hazard, const RecordLimits& limits) {
  const auto rows = which(hazard);
  switch (hazard.why) {
    case Why::value:
      return fmt::format("{}: column {} is {} ({})", rows, hazard.column, to_string(hazard.reject), what_is_wrong(hazard.reject));
    case Why::ahead:
      return fmt::format(
          "{}: column {} is up to {}, more than {} ahead of now (message.timestamp.after.max.ms): the broker refuses such a record", rows,
          hazard.column, time_of(hazard.farthest), limit_of(limits.ahead_ms));
    case Why::behind:
      return fmt::format(
          "{}: column {} is down to {}, more than {} ago (message.timestamp.before.max.ms): the broker refuses such a record", rows,
          hazard.column, time_of(hazard.farthest), limit_of(limits.behind_ms));
    case Why::client_bytes:
      return fmt::format("{}: up to {} bytes, more than the client sends (message.max.bytes {})", rows, hazard.farthest,
                         limits.client_bytes);
    case Why::topic_bytes:
      return fmt::format(
          "{}: up to {} bytes, more than the topic takes (max.message.bytes {}) unless they become fewer when they are compressed", rows,
          hazard.farthest, limits.topic_bytes);
    case Why::microseconds: return fmt::format("{}: the microseconds of their times are cut, and a comparison does not see them", rows);
  }
  return rows;
}

std::string remedy(const RowHazard& hazard, const RecordLimits& limits, const EventTable& table) {
  const auto larger = hazard.farthest + 1024;  // room for the batch around the record
  switch (hazard.why) {
    case Why::value: return fmt::format("correct the rows, or leave {} out of the topic's fields", hazard.column);
    case Why::ahead:
      return fmt::format(
          "correct the times or source.time_zone ({}), wait until they come, or declare config message.timestamp.after.max.ms for {}",
          table.time_zone, table.topic);
    case Why::behind: return fmt::format("declare a larger config message.timestamp.before.max.ms for {}", table.topic);
    case Why::client_bytes:
      return larger > limits.topic_bytes
                 ? fmt::format("declare config max.message.bytes: {0} for {1}, and run with --kafka-property message.max.bytes={0}", larger,
                               table.topic)
                 : fmt::format("--kafka-property message.max.bytes={}", larger);
    case Why::topic_bytes: return fmt::format("declare config max.message.bytes: {} for {}", larger, table.topic);
    case Why::microseconds: return "time_digits: 6 under source keeps them, as far as readers of the topic can take that";
  }
  return "";
}

RowHazards row_hazards(const postgres::Target& source, const EventTable& table, std::optional<std::int64_t> after,
                       const RecordLimits& limits, std::uint64_t rows_expected, Listener& listener, const Deadline& until) {
  Looking looking{table, limits};
  auto& found = looking.found();
  const auto tell = [&](std::string_view outcome = {}) {
    listener.progress({.task = "check rows of " + table.table.name,
                       .done = found.rows,
                       .total = std::max(rows_expected, found.rows),
                       .outcome = outcome});
  };
  tell();
  WhichRows which{.after = after, .most = rows_at_once};
  const auto read = attempt([&] {
    auto session = postgres::Connection::open(source, postgres::Access::read_only, listener, until);
    for (auto seen = rows_at_once; seen == rows_at_once;) {
      seen = 0;
      RowReader rows{session, table, which, until};
      for (; const auto row = rows.next(until); ++seen) {
        looking.take(rows.encoder(), *row);
        if (found.rows % report_every == 0) tell();
      }
      which.after = looking.last() ? looking.last() : after;
    }
  });
  if (!read && !until.over()) throw Error{read.error()};
  found.complete = read.has_value();
  tell(found.complete ? "done" : "");
  return std::move(found);
}

}  // namespace ctl::transfer
