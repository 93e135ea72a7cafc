#include "transfer/sides.hpp"

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "transfer/content_hash.hpp"
#include "transfer/outlet.hpp"

namespace ctl::transfer {
namespace {

/// The other kind, LogAppendTime, is the broker's own time.
bool keeps_given_times(kafka::Cluster& cluster, const std::string& topic, const Deadline& until) {
  const std::string key = "message.timestamp.type";
  const auto state = cluster.describe(std::array{topic}, std::array{key}, until).at(topic);
  if (!state) throw Error{state.error()};
  const auto found = state->config.find(key);
  return found != state->config.end() && found->second.value == "CreateTime";
}

constexpr std::size_t most_differences = 100;
constexpr std::uint64_t rows_at_once = 500'000;  ///< by one COPY: an ALTER TABLE waits for its end, and the shop's queries behind that

}  // namespace

void note(Parity& parity, const Difference& difference, const ReconcileOptions& options) {
  switch (difference.what) {
    case Difference::What::missing: ++parity.missing; break;
    case Difference::What::duplicate: ++parity.duplicate; break;
    case Difference::What::altered: ++parity.altered; break;
    case Difference::What::misplaced: ++parity.misplaced; break;
    case Difference::What::extra: ++parity.extra; break;
  }
  if (options.each) options.each(difference);
  if (parity.differences.size() < most_differences) parity.differences.push_back(difference);
}

Sides::Sides(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, Listener& listener,
             const Deadline& until)
    : session_{session},
      settings_{settings},
      table_{table},
      listener_{listener},
      until_{until},
      info_{info_of(session, table, until)},
      cluster_{settings, listener},
      provenance_{table, info_},
      stamped_{keeps_given_times(cluster_, table.topic, until)} {}

void Sides::each_row(WhichRows which, const std::function<void(const Row&)>& take) {
  which.most = rows_at_once;
  for (auto read = rows_at_once; read == rows_at_once;) {
    RowReader rows{session_, table_, which, until_};
    for (read = 0; const auto copied = rows.next(until_); ++read) {
      const auto row = compared(rows.encoder(), *copied);
      which.after = row.id;
      take(row);
    }
  }
}

Sides::Row Sides::compared(Encoder& encoder, postgres::CopyReader::Row copied) {
  Encoder::Event event;
  Row row{.encoded = encoder.encode(copied, event) == Reject::none};
  row.id = event.id;
  if (!row.encoded) return row;
  if (event.time_ms) row.time = record_time(*event.time_ms);
  const bool untimed = stamped_ && !row.time;
  if (untimed) untimed_.add(event.id);
  some_untimed_ = some_untimed_ || untimed;
  row.key = event.key;
  row.content = ContentHash::of(event.id, event.key, event.value, stamped_ && row.time ? row.time->time_since_epoch().count() : 0);
  return row;
}

void Sides::each_event(const Offsets& from, const Offsets& to, const std::function<void(const Event&)>& take,
                       const std::function<void()>& other) const {
  scan(settings_, table_.topic, from, to, listener_, until_, [&](const kafka::Message& message) {
    const auto id = message.value ? provenance_.row_of(*message.value) : std::nullopt;
    if (!id) return other ? other() : void();
    const auto key = message.key.value_or(std::string_view{});
    const bool timed = stamped_ && !(some_untimed_ && untimed_.contains(*id));
    take({.id = *id,
          .key = key,
          .content = ContentHash::of(*id, key, *message.value, timed ? message.time.time_since_epoch().count() : 0),
          .partition = message.partition.id,
          .offset = message.offset,
          .repaired = std::any_of(message.headers.begin(), message.headers.end(),
                                  [](const kafka::Header& header) { return header.name == repair_header; })});
  });
}

Offsets Sides::offsets(kafka::Cluster::At at) const { return offsets_of(cluster_, table_.topic, at, until_); }

Offsets Sides::offsets(Millis from) const { return offsets_of(cluster_, table_.topic, from, until_); }

std::optional<std::int64_t> Sides::moved_to() const {
  const auto checkpoint = read_checkpoint(settings_, identity(session_, table_, until_), listener_, until_);
  return checkpoint ? checkpoint->last_id : std::nullopt;
}

}  // namespace ctl::transfer
