#include <fmt/format.h>

#include <numeric>

#include "core/fault.hpp"
#include "core/text.hpp"
#include "sql/queries.hpp"
#include "transfer/arrived.hpp"
#include "transfer/backoff.hpp"
#include "transfer/claims.hpp"
#include "transfer/pace.hpp"
#include "transfer/parents.hpp"
#include "transfer/replay_store.hpp"
#include "transfer/rows.hpp"
#include "transfer/way_back.hpp"

namespace ctl::transfer {
namespace {

constexpr std::size_t batch_events = 20'000;  // PostgreSQL's rate no longer grows with more, memory does
constexpr auto batch_time = 1s;

/// Local times that stand for a later instant too (an hour that clocks show twice), and are taken for that one when they are read.
struct Folded {
  std::uint64_t number{};
  int partition{};  ///< of the first event
  std::int64_t offset{};
};

/// Brings instants to the table's own time zone, one query a column.
void localize(postgres::Connection& session, const std::string& zone, const std::vector<std::size_t>& columns, Batch& batch, Folded& folded,
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
    for (std::size_t i = 0; i < with_time.size(); ++i) {
      with_time[i]->fields[column] = local.text(i, "local");
      if (!local.flag(i, "folded")) continue;
      if (folded.number++ == 0) {
        folded.partition = with_time[i]->partition;
        folded.offset = with_time[i]->offset;
      }
    }
  }
}

std::int64_t distance(const Offsets& from, const Offsets& to) {
  return std::accumulate(to.begin(), to.end(), std::int64_t{0}, [&](std::int64_t sum, const auto& end) {
    const auto begin = from.find(end.first);
    return sum + (begin == from.end() ? 0 : std::max<std::int64_t>(end.second - begin->second, 0));
  });
}

/// As it is declared, but that the columns which the server computes take nothing from an event.
EventTable writable(EventTable table, const TableInfo& info) {
  for (const auto& column : generated_fields(table, info))
    for (auto& field : table.fields)
      if (field.column == column) field.column.clear();
  return table;
}

}  // namespace

struct Replay::Impl {
  postgres::Target target;
  kafka::Settings settings;
  EventTable table;
  ReplayOptions options;
  Listener& listener;
  Offsets proved{};  ///< ends of what was proved of the very topic that is there

  /// One call of run(): its session, and the batch that is being collected.
  struct Work {
    postgres::Connection& session;
    Decoder& decoder;
    ClaimCheck& claims;
    Parents& parents;
    ReplayStore& store;
    Pace pace;
    Backoff backoff;
    Deadline batch_end, next_look;  ///< when the batch is full, and when it is time to see whether PostgreSQL answers as usual
    Batch batch{};
    std::map<int, Ledger> total{};
    std::uint64_t left{}, done{}, bytes{};
    Folded folded{};
    Decoder::Row row{};
  };

  /// A comparison has found every event of the table below this to be that of a row.
  [[nodiscard]] bool is_proved(const kafka::Message& message) const {
    const auto end = proved.find(message.partition.id);
    return end != proved.end() && message.offset < end->second;
  }

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
    const bool claim = reject == Reject::none && work.row.from_table;
    if (claim && is_proved(message)) {
      ++ledger.from_table;
      return;
    }
    auto event = arrived(message);
    if (claim) {
      event.id = work.row.source_id;
      work.batch.claims.push_back(std::move(event));
      return;
    }
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
    work.claims.check(work.batch, until);
    localize(work.session, table.time_zone, work.decoder.utc_columns(), work.batch, work.folded, until);
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

  std::map<int, Ledger> run(const Deadline& until) {
    auto session = postgres::Connection::open(target, postgres::Access::read_write, listener, until);
    const auto info = info_of(session, table, until);
    kafka::Cluster cluster{settings, listener};
    const auto topic = topic_now(cluster, table.topic, until);
    proved = options.proved.topic_id && options.proved.topic_id == topic.id ? options.proved.ends : Offsets{};
    Decoder decoder{writable(table, info), info};
    Parents parents{info, decoder.columns()};
    RowsById rows{session, table, info, until};
    ClaimCheck claims{rows, table, keeps_given_times(cluster, table.topic, until)};
    ReplayStore store{session, table, info, decoder.columns(), options, rows, listener, until};
    const auto from = store.begin(topic, until);
    const auto& ends = topic.ends;
    CTL_FAULT("replay.after_begin");
    Work work{.session = session,
              .decoder = decoder,
              .claims = claims,
              .parents = parents,
              .store = store,
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
          if (work.batch.events.size() + work.batch.claims.size() >= most || work.batch_end.over()) flush(work, until);
        },
        [&](int partition, std::int64_t next) {
          if (next > work.total.at(partition).next_offset || work.batch.ledgers.count(partition) > 0)
            work.batch.ledgers[partition].next_offset = next;
        });
    flush(work, until);
    if (work.folded.number > 0)
      listener.note(Listener::Level::warn,
                    fmt::format("{}: {} times (the first at partition {} offset {}) are in an hour that {} has twice: their rows have that "
                                "local time, which is taken for the later instant",
                                table.topic, format_count(work.folded.number), work.folded.partition, work.folded.offset, table.time_zone));
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
  for (const auto& [partition, offset] : replayed_to(session, table, until).next) next[partition] = std::max(next[partition], offset);
  std::map<int, std::int64_t> behind;
  for (const auto& [partition, end] : offsets_of(cluster, table.topic, kafka::Cluster::At::latest, until))
    behind[partition] = std::max<std::int64_t>(end - next[partition], 0);
  return behind;
}

}  // namespace ctl::transfer
