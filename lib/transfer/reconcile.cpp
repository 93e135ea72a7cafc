#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "core/digest.hpp"
#include "transfer/late_events.hpp"
#include "transfer/sides.hpp"

namespace ctl::transfer {
namespace {

constexpr auto any_number = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t remembered_rows = 1'500'000;  ///< and half a million more are held while the altered ones are looked for: 100 MB
constexpr std::uint64_t report_every = 1U << 16U;

/// Sums of the hashes of rows, in so many buckets that a difference leads to few rows. Sums, not exclusive or: doubled rows must not cancel
/// out. Of hashes under a secret: who cannot tell one cannot make a sum. Neighbours share a bucket, because they come one after the other:
/// a bucket of its own for each would be a cache miss a row.
struct Sums {
  static constexpr std::size_t buckets = 1U << 16U;
  std::vector<Hash128> of = std::vector<Hash128>(buckets);
  static std::size_t bucket(std::int64_t id) {
    return static_cast<std::size_t>(((static_cast<std::uint64_t>(id) >> 5U) * 0x9E3779B97F4A7C15U) >> 48U);
  }
  void add(std::int64_t id, const Hash128& hash) { of[bucket(id)] += hash; }
};

/// A digest of ids that come ascending: of their ranges, which are few in most tables.
class IdDigest {
 public:
  void add(std::int64_t id) {
    if (open_ && id > last_ && id - 1 == last_) {
      last_ = id;
      return;
    }
    close();
    open_ = true;
    first_ = last_ = id;
  }
  [[nodiscard]] std::string hex() {
    close();
    return digest_.hex();
  }

 private:
  void close() {
    if (open_) digest_.add(std::to_string(first_) + ':' + std::to_string(last_) + ';');
    open_ = false;
  }
  Sha256 digest_{};
  bool open_{};
  std::int64_t first_{};
  std::int64_t last_{};
};

class Reconciliation {
 public:
  Reconciliation(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const ReconcileOptions& options,
                 Listener& listener, const Deadline& until)
      : sides_{session, settings, table, listener, until},
        table_{table},
        options_{options},
        listener_{listener},
        rows_expected_{sides_.info().rows_estimate} {
    // In this order: what the checkpoint covers lies below the ends, and the rows of all events below those can be seen.
    parity_.moved_to = sides_.moved_to();
    parity_.ends = sides_.offsets(kafka::Cluster::At::latest);
    if (options.from_id && *options.from_id > std::numeric_limits<std::int64_t>::min()) which_.after = *options.from_id - 1;
  }

  Parity run() {
    read_rows();
    choose_starts();
    read_events();
    find_missing();
    if (row_sums_.of != event_sums_.of) find_altered();
    if (out_of_order_) find_disordered();
    parity_.digest = ids_.hex();
    return std::move(parity_);
  }

 private:
  using Row = Sides::Row;
  using Event = Sides::Event;

  void note(Difference::What what, const Event& event) {
    transfer::note(parity_, {what, event.id, std::pair{event.partition, event.offset}}, options_);
  }

  /// Rows and then events, of which there should be as many.
  void tell() const {
    listener_.progress({.task = "compare " + table_.table.name,
                        .done = parity_.rows + parity_.in_topic,
                        .total = 2 * rows_expected_,
                        .unit = "rows and events"});
  }

  void read_rows() {
    tell();
    sides_.each_row(which_, [&](const Row& row) {
      if (row.changed) return transfer::note(parity_, {Difference::What::altered, row.id, {}}, options_);
      if (!rows_.add(row.id)) transfer::note(parity_, {Difference::What::missing, row.id, {}}, options_);  // ids tell events apart
      ids_.add(row.id);
      if (row.encoded) row_sums_.add(row.id, row.content);
      parity_.below_millisecond += row.below_millisecond ? 1 : 0;
      if (row.time && (!oldest_ || *row.time < *oldest_)) oldest_ = row.time;
      if (++parity_.rows % report_every == 0) tell();
    });
    rows_.compress();
    rows_expected_ = parity_.rows;
  }

  /// The broker names the first record that is as young as the oldest row: all of their events lie behind it, if they have their times.
  void choose_starts() {
    starts_ = sides_.offsets(kafka::Cluster::At::earliest);
    if (!options_.from_id || options_.whole_topic || !oldest_ || !sides_.timed()) return;
    for (const auto& [partition, offset] : sides_.offsets(*oldest_)) starts_[partition] = std::max(starts_[partition], offset);
  }

  void read_events() {
    std::map<std::pair<std::size_t, int>, std::int64_t> highest;  // by repair and partition
    const auto partitions = static_cast<int>(parity_.ends.size());
    each_event(
        [&](const Event& event) {
          if (++parity_.in_topic % report_every == 0) tell();
          if (event.key && kafka::partition_of(*event.key, partitions) != event.partition) note(Difference::What::misplaced, event);
          if (!rows_.contains(event.id)) return note(Difference::What::extra, event);
          if (!events_.add(event.id)) return note(Difference::What::duplicate, event);
          event_sums_.add(event.id, event.content);
          parity_.repaired += event.repair > 0 ? 1 : 0;
          const auto [last, first] = highest.try_emplace({event.repair, event.partition}, event.id);
          out_of_order_ = out_of_order_ || (!first && event.id < last->second);
          last->second = std::max(last->second, event.id);
        },
        [&] { ++parity_.application; });
  }

  /// A mover brings what comes after its checkpoint. Events without a checkpoint are of somebody else, who may be done.
  [[nodiscard]] bool awaited(std::int64_t id) const { return parity_.moved_to ? id > *parity_.moved_to : parity_.in_topic == 0; }

  void find_missing() {
    rows_.without(events_, any_number, [&](std::int64_t id) {
      if (awaited(id)) return static_cast<void>(++parity_.waiting);
      parity_.holes.add(id);
      transfer::note(parity_, {Difference::What::missing, id, {}}, options_);
    });
  }

  /// Both sides once more, for the rows of the buckets whose sums differ: the table once, the topic once for so many of these rows.
  void find_altered() {
    std::vector<bool> differs(Sums::buckets);
    for (std::size_t i = 0; i < Sums::buckets; ++i) differs[i] = row_sums_.of[i] != event_sums_.of[i];
    std::unordered_map<std::int64_t, Hash128> contents;
    for (auto at = std::optional{Sides::Next{.which = which_}}; at;) {
      contents.clear();
      while (at && contents.size() < remembered_rows)
        at = sides_.some_rows(*at, [&](const Row& row) {
          if (differs[Sums::bucket(row.id)]) contents[row.id] = row.content;
        });
      if (contents.empty()) continue;
      each_event([&](const Event& event) {
        const auto row = contents.find(event.id);
        if (row == contents.end()) return;
        if (row->second != event.content) note(Difference::What::altered, event);
        contents.erase(row);  // a second one is a duplicate, and was named as such
      });
    }
  }

  /// A partition whose ids do not ascend need not be wrong: only the order of one key is promised, and of a repair among its own.
  void find_disordered() {
    for (LateEvents late_events; !late_events.done(); late_events.next_part()) {
      IdSet seen;
      each_event([&](const Event& event) {
        if (rows_.contains(event.id) && seen.add(event.id))
          late_events.add(sides_.sequence_of(event), event.id, event.partition, event.offset);
      });
      for (const auto& late : late_events.late()) transfer::note(parity_, {Difference::What::misplaced, late.id, late.at}, options_);
    }
  }

  void each_event(const std::function<void(const Event&)>& take, const std::function<void()>& other = {}) const {
    sides_.each_event(
        starts_, parity_.ends,
        [&](const Event& event) {
          if (!options_.from_id || event.id >= *options_.from_id) take(event);
        },
        other);
  }

  Sides sides_;
  const EventTable& table_;
  const ReconcileOptions& options_;
  Listener& listener_;
  std::uint64_t rows_expected_{};
  WhichRows which_{};
  std::optional<Millis> oldest_{};  ///< time of a row
  Offsets starts_{};
  Parity parity_{};
  IdSet rows_{}, events_{};
  IdDigest ids_{};
  Sums row_sums_{}, event_sums_{};
  bool out_of_order_{};
};

}  // namespace

std::string_view to_string(Difference::What what) {
  switch (what) {
    case Difference::What::missing: return "missing";
    case Difference::What::duplicate: return "duplicate";
    case Difference::What::altered: return "altered";
    case Difference::What::misplaced: return "misplaced";
    case Difference::What::extra: return "extra";
  }
  return "";
}

Parity reconcile(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const ReconcileOptions& options,
                 Listener& listener, const Deadline& until) {
  return Reconciliation{session, settings, table, options, listener, until}.run();
}

}  // namespace ctl::transfer
