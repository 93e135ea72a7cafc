#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "postgres/catalog.hpp"
#include "transfer/content_hash.hpp"
#include "transfer/id_set.hpp"
#include "transfer/provenance.hpp"
#include "transfer/rows.hpp"
#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {
namespace {

constexpr std::size_t most_differences = 100;
constexpr std::uint64_t remembered_rows = 2'000'000;  ///< hashes held at once while the altered ones are looked for: about 80 MB
constexpr std::uint64_t report_every = 1U << 16U;

/// Sums of the hashes of rows, in so many buckets that a difference leads to few rows. Sums, not exclusive or: doubled rows must not cancel
/// out.
struct Sums {
  static constexpr std::size_t buckets = 1U << 16U;
  std::vector<std::uint64_t> of = std::vector<std::uint64_t>(buckets);
  static std::size_t bucket(std::int64_t id) {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15U) >> 48U);
  }
  void add(std::int64_t id, std::uint64_t hash) { of[bucket(id)] += hash; }
};

class Reconciliation {
 public:
  Reconciliation(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const TableInfo& info,
                 Listener& listener, const Deadline& until)
      : session_{session},
        settings_{settings},
        table_{table},
        listener_{listener},
        until_{until},
        encoder_{table, info},
        provenance_{table, info},
        rows_expected_{static_cast<std::uint64_t>(std::max<std::int64_t>(info.rows_estimate, 0))} {
    kafka::Cluster cluster{settings, listener};
    starts_ = offsets_of(cluster, table.topic, kafka::Cluster::At::earliest, until);
    parity_.ends = offsets_of(cluster, table.topic, kafka::Cluster::At::latest, until);
  }

  Parity run() {
    read_rows();
    read_events();
    parity_.missing = rows_.without(events_, most_differences, [&](std::int64_t id) { name(Difference::What::missing, id); });
    std::vector<std::size_t> differing;
    for (std::size_t i = 0; i < Sums::buckets; ++i)
      if (row_sums_.of[i] != event_sums_.of[i]) differing.push_back(i);
    const auto at_once = std::max<std::size_t>(1, remembered_rows / (parity_.rows / Sums::buckets + 1));
    for (std::size_t i = 0; i < differing.size(); i += at_once)
      find_altered({differing.begin() + static_cast<std::ptrdiff_t>(i),
                    differing.begin() + static_cast<std::ptrdiff_t>(std::min(i + at_once, differing.size()))});
    if (out_of_order_) find_disordered();
    const auto* sums = reinterpret_cast<const char*>(row_sums_.of.data());
    parity_.digest = sha256(std::to_string(parity_.rows) + ":" + std::string{sums, row_sums_.of.size() * sizeof(std::uint64_t)});
    return std::move(parity_);
  }

 private:
  struct Event {
    std::int64_t id{};
    std::string_view key{}, value{};
    int partition{};
    std::int64_t offset{};
  };

  void name(Difference::What what, std::int64_t id, const Event* event = nullptr) {
    if (parity_.differences.size() >= most_differences) return;
    parity_.differences.push_back({what, id, event == nullptr ? std::nullopt : std::optional{std::pair{event->partition, event->offset}}});
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
    each_row([&](const Encoder::Event& event, bool encoded) {
      rows_.add(event.id);
      if (encoded) row_sums_.add(event.id, ContentHash::of(event.id, event.key, event.value));
      if (++parity_.rows % report_every == 0) tell();
    });
    rows_expected_ = parity_.rows;
  }

  void read_events() {
    std::map<int, std::int64_t> highest;
    const auto partitions = static_cast<int>(parity_.ends.size());
    each_event(
        [&](const Event& event) {
          if (++parity_.in_topic % report_every == 0) tell();
          if (kafka::partition_of(event.key, partitions) != event.partition) {
            ++parity_.misplaced;
            name(Difference::What::misplaced, event.id, &event);
          }
          if (!rows_.contains(event.id)) {
            ++parity_.extra;
            return name(Difference::What::extra, event.id, &event);
          }
          if (!events_.add(event.id)) {
            ++parity_.duplicate;
            return name(Difference::What::duplicate, event.id, &event);
          }
          event_sums_.add(event.id, ContentHash::of(event.id, event.key, event.value));
          const auto [last, first] = highest.try_emplace(event.partition, event.id);
          out_of_order_ = out_of_order_ || (!first && event.id < last->second);
          last->second = std::max(last->second, event.id);
        },
        [&] { ++parity_.application; });
  }

  /// Both sides once more, for the rows of the buckets whose sums differ.
  void find_altered(const std::vector<std::size_t>& buckets) {
    std::vector<bool> wanted(Sums::buckets);
    for (const auto bucket : buckets) wanted[bucket] = true;
    std::unordered_map<std::int64_t, std::uint64_t> hashes;
    each_row([&](const Encoder::Event& event, bool encoded) {
      if (wanted[Sums::bucket(event.id)]) hashes[event.id] = encoded ? ContentHash::of(event.id, event.key, event.value) : 0;
    });
    each_event([&](const Event& event) {
      const auto row = hashes.find(event.id);
      if (row == hashes.end()) return;
      if (row->second != ContentHash::of(event.id, event.key, event.value)) {
        ++parity_.altered;
        name(Difference::What::altered, event.id, &event);
      }
      hashes.erase(row);  // a second one is a duplicate, and was named as such
    });
  }

  /// A partition whose ids do not ascend need not be wrong: only the order of one key is promised.
  void find_disordered() {
    std::unordered_map<std::uint64_t, std::int64_t> highest;
    IdSet seen;
    each_event([&](const Event& event) {
      if (!rows_.contains(event.id) || !seen.add(event.id)) return;
      const auto [last, first] = highest.try_emplace(ContentHash::of(event.partition, event.key, {}), event.id);
      if (!first && event.id < last->second) {
        ++parity_.misplaced;
        name(Difference::What::misplaced, event.id, &event);
      }
      last->second = std::max(last->second, event.id);
    });
  }

  template <class F>
  void each_row(F&& take) {
    auto rows = copy_rows(session_, table_, encoder_, {}, until_);
    Encoder::Event event;
    while (const auto row = rows.next(until_)) {
      const auto reject = encoder_.encode(*row, event);
      take(event, reject == Reject::none);
    }
  }
  template <class F, class G = void (*)()>
  void each_event(
      F&& take, G&& other = [] {}) {
    scan(settings_, table_.topic, starts_, parity_.ends, listener_, until_, [&](const kafka::Message& message) {
      const auto id = message.value ? provenance_.row_of(*message.value) : std::nullopt;
      if (!id) return other();
      take(Event{*id, message.key.value_or(std::string_view{}), *message.value, message.partition.id, message.offset});
    });
  }

  postgres::Connection& session_;
  const kafka::Settings& settings_;
  const EventTable& table_;
  Listener& listener_;
  const Deadline& until_;
  Encoder encoder_;
  Provenance provenance_;
  std::uint64_t rows_expected_{};
  Offsets starts_{};
  Parity parity_{};
  IdSet rows_{}, events_{};
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

Parity reconcile(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, Listener& listener,
                 const Deadline& until) {
  const auto info = postgres::table(session, table.table, until);
  if (!info) throw Error{Code::not_found, {.what = "there is no table " + to_string(table.table)}};
  return Reconciliation{session, settings, table, *info, listener, until}.run();
}

}  // namespace ctl::transfer
