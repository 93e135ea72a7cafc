#include <fmt/format.h>

#include <numeric>

#include "core/fault.hpp"
#include "core/text.hpp"
#include "sql/queries.hpp"
#include "transfer/arrived.hpp"
#include "transfer/backoff.hpp"
#include "transfer/pace.hpp"
#include "transfer/parents.hpp"
#include "transfer/replay_store.hpp"
#include "transfer/rows.hpp"

namespace ctl::transfer {
namespace {

constexpr std::size_t batch_events = 20'000;  // PostgreSQL's rate no longer grows with more, memory does
constexpr auto batch_time = 1s;

/// Brings instants to the table's own time zone, one query a column.
void localize(postgres::Connection& session, const std::string& zone, const std::vector<std::size_t>& columns, Batch& batch,
              const Deadline& until) {
  for (const auto column : columns) {
    std::string times;
    std::vector<Arrived*> with_time;
    for (auto& event : batch.events) {
      if (event.reject != Reject::none || !event.fields[column]) continue;
      times += (times.empty() ? "{\"" : ",\"") + *event.fields[column] + "\"";
      with_time.push_back(&event);
    }
    if (with_time.empty()) continue;
    const auto local = session.query(sql::local_times, postgres::Names{{"zone", zone}, {"times", times + "}"}}, until);
    for (std::size_t i = 0; i < with_time.size(); ++i) with_time[i]->fields[column] = *local.at(i, "local");
  }
}

std::int64_t distance(const Offsets& from, const Offsets& to) {
  return std::accumulate(to.begin(), to.end(), std::int64_t{0}, [&](std::int64_t sum, const auto& end) {
    const auto begin = from.find(end.first);
    return sum + (begin == from.end() ? 0 : std::max<std::int64_t>(end.second - begin->second, 0));
  });
}

}  // namespace

struct Replay::Impl {
  postgres::Target target;
  kafka::Settings settings;
  EventTable table;
  ReplayOptions options;
  Listener& listener;

  /// One call of run(): its session, and the batch that is being collected.
  struct Work {
    postgres::Connection& session;
    Decoder decoder;
    Parents parents;
    ReplayStore store;
    Pace pace;
    Backoff backoff;
    Deadline batch_end, next_look;  ///< when the batch is full, and when it is time to see whether PostgreSQL answers as usual
    Batch batch{};
    std::map<int, Ledger> total{};
    std::uint64_t left{}, done{}, bytes{};
    Decoder::Row row{};
  };

  void take(Work& work, const kafka::Message& message) const {
    if (work.batch.empty()) work.batch_end = Deadline{batch_time, {}};
    auto& ledger = work.batch.ledgers[message.partition.id];
    ledger.next_offset = message.offset + 1;
    ++ledger.delivered;
    work.bytes += message.value ? message.value->size() : 0;
    auto reject = Reject::bad_json;
    if (message.value) {
      reject = work.decoder.decode(*message.value, work.row);
    } else {
      work.row.column.clear();
      work.row.detail = "a record without a value";
    }
    if (reject == Reject::none && work.row.from_table) {
      ++ledger.from_table;
      return;
    }
    auto event = arrived(message);
    event.reject = reject;
    event.fields = work.row.fields;
    event.column = work.row.column;
    event.detail = work.row.detail;
    work.batch.events.push_back(std::move(event));
  }

  void tell(const Work& work, std::string_view outcome = {}) const {
    listener.progress({.task = "replay " + table.topic,
                       .done = work.done,
                       .total = work.left,
                       .bytes = work.bytes,
                       .unit = "events",
                       .outcome = outcome});
  }

  void flush(Work& work, const Deadline& until) const {
    if (work.batch.empty()) return;
    localize(work.session, table.time_zone, work.decoder.utc_columns(), work.batch, until);
    work.parents.check(work.session, work.batch, until);
    work.store.store(work.batch, until);
    std::uint64_t delivered = 0;
    for (const auto& [partition, ledger] : work.batch.ledgers) {
      auto& total = work.total[partition];
      total.delivered += ledger.delivered;
      total.inserted += ledger.inserted;
      total.from_table += ledger.from_table;
      total.dead += ledger.dead;
      total.filtered += ledger.filtered;
      total.next_offset = ledger.next_offset;
      delivered += ledger.delivered;
    }
    work.batch = {};
    work.done += delivered;
    tell(work);
    work.pace.passed(static_cast<int>(delivered), until);
    if (!work.next_look.over()) return;
    until.sleep(work.backoff.after({}, until));
    work.next_look = until.within(1s);
  }

  std::map<int, Ledger> run(const Deadline& until) const {
    auto session = postgres::Connection::open(target, postgres::Access::read_write, listener, until);
    const auto info = info_of(session, table, until);
    kafka::Cluster cluster{settings, listener};
    const auto ends = offsets_of(cluster, table.topic, kafka::Cluster::At::latest, until),
               starts = offsets_of(cluster, table.topic, kafka::Cluster::At::earliest, until);
    Decoder decoder{table, info};
    Parents parents{info, decoder.columns()};
    ReplayStore store{session, table, info, decoder.columns(), options};
    const auto from = store.begin(starts, ends, listener, until);
    CTL_FAULT("replay.after_begin");
    Work work{.session = session,
              .decoder = std::move(decoder),
              .parents = std::move(parents),
              .store = std::move(store),
              .pace = Pace{options.rate},
              .backoff = Backoff{target, table, listener},
              .batch_end = until,
              .next_look = until.within(1s)};
    for (const auto& [partition, offset] : from) work.total[partition].next_offset = offset;
    work.left = static_cast<std::uint64_t>(distance(from, ends));
    tell(work);
    const auto most = static_cast<std::size_t>(work.pace.batch(static_cast<int>(batch_events)));
    scan(
        settings, table.topic, from, ends, listener, until,
        [&](const kafka::Message& message) {
          take(work, message);
          if (work.batch.events.size() >= most || work.batch_end.over()) flush(work, until);
        },
        [&](int partition, std::int64_t next) {
          if (next > work.total.at(partition).next_offset || work.batch.ledgers.count(partition) > 0)
            work.batch.ledgers[partition].next_offset = next;
        });
    flush(work, until);
    if (work.done > 0) tell(work, "done");
    return std::move(work.total);
  }
};

Replay::Replay(postgres::Target target, kafka::Settings settings, EventTable table, ReplayOptions options, Listener& listener)
    : impl_{new Impl{std::move(target), std::move(settings), std::move(table), options, listener}} {}
Replay::~Replay() = default;
std::map<int, Ledger> Replay::run(const Deadline& until) { return impl_->run(until); }

std::map<int, std::int64_t> replay_behind(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table,
                                          Listener& listener, const Deadline& until) {
  kafka::Cluster cluster{settings, listener};
  auto next = offsets_of(cluster, table.topic, kafka::Cluster::At::earliest, until);
  if (session.query(sql::replay_known, until).at(0, "known")) {
    const auto known = session.query(sql::replay_next, postgres::Names{{"table", table.table.name}, {"topic", table.topic}}, until);
    for (std::size_t i = 0; i < known.size(); ++i) {
      auto& at = next[static_cast<int>(parse_integer(*known.at(i, "partition")).value_or(0))];
      at = std::max(at, parse_integer(*known.at(i, "next_offset")).value_or(0));
    }
  }
  std::map<int, std::int64_t> behind;
  for (const auto& [partition, end] : offsets_of(cluster, table.topic, kafka::Cluster::At::latest, until))
    behind[partition] = std::max<std::int64_t>(end - next[partition], 0);
  return behind;
}

}  // namespace ctl::transfer
