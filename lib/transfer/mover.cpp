#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "postgres/catalog.hpp"
#include "postgres/copy.hpp"
#include "sql/queries.hpp"
#include "transfer/checkpoint.hpp"
#include "transfer/codec.hpp"
#include "transfer/pace.hpp"
#include "transfer/rows.hpp"
#include "transfer/settled.hpp"

namespace ctl::transfer {
namespace {

constexpr auto transaction_time = 1s;  ///< readers of the topic wait this long behind an open transaction
constexpr auto short_round = 1s;       ///< the table is caught up with when a round takes no longer
constexpr auto grace = 10s;            ///< for what must be finished although the caller's time is over: the transaction that is open
constexpr int failures_in_a_row = 5;   ///< transactions without one that succeeds

/// A record cannot say "at the epoch" (librdkafka's 0 means now) nor before it.
Millis record_time(std::optional<std::int64_t> time_ms) {
  return time_ms ? Millis{std::chrono::milliseconds{std::max<std::int64_t>(*time_ms, 1)}} : now();
}

}  // namespace

struct Mover::Impl {
  postgres::Target source;
  kafka::Settings settings;
  EventTable table;
  MoveOptions options;
  Listener& listener;
  kafka::Cluster cluster;
  std::string id{};

  /// A producer, and the checkpoint that was read after it had fenced all others.
  struct Life {
    kafka::Transactional out;
    Checkpoint at;
  };
  std::optional<Life> life{};
  Moved moved{};

  [[nodiscard]] Offsets ends(const Deadline& until) { return offsets_of(cluster, table.topic, kafka::Cluster::At::latest, until); }

  /// A standby shows rows, but not the transactions that are still to come.
  [[nodiscard]] std::string identity_of_primary(postgres::Connection& session, const Deadline& until) const {
    if (session.query(sql::in_recovery, until).at(0, "standby") == "t")
      throw Error{Code::refused,
                  {.what = "postgres at " + session.address() + " is a standby: it cannot tell which rows are final",
                   .hint = "give the address of the primary"}};
    return identity(session, table, until);
  }

  /// Fence, then read: the other way round the commit of a predecessor could still come between the two.
  Life begin_life(const Deadline& until) {
    ensure_checkpoint_topic(cluster, table.topic, until);
    kafka::Transactional out{settings, id, listener, until};
    CTL_FAULT("mover.after_fence");
    CTL_FAULT("mover.before_checkpoint_read");
    auto at = read_checkpoint(settings, id, listener, until).value_or(Checkpoint{});
    const auto now = ends(until);
    check_same_topic(at, table, now);
    if (at.ends.empty()) at.ends = now;
    return {std::move(out), std::move(at)};
  }

  void send(Life& in, Encoder& encoder, postgres::CopyReader::Row row, Checkpoint& next, const Deadline& until) {
    Encoder::Event event;
    if (const auto reject = encoder.encode(row, event); reject != Reject::none)
      throw Error{
          Code::refused,
          {.what = fmt::format("row {} of {} cannot become an event: column {} is {}", event.id, to_string(table.table), event.column,
                               to_string(reject)),
           .where = to_string(table.at),
           .hint = "correct the row, or leave the column out of the topic's fields; nothing is skipped, and the next run goes on here"}};
    try {
      in.out.send(table.topic, event.key, event.value, record_time(event.time_ms), until);
    } catch (Error& e) {
      e.within(fmt::format("moving row {} of {}", event.id, to_string(table.table)));
      throw;
    }
    next.last_id = event.id;
    ++next.rows;
    moved.bytes += event.key.size() + event.value.size();
  }

  void tell(std::uint64_t done, std::uint64_t total, std::string_view outcome = {}) const {
    listener.progress({.task = "copy " + table.table.name, .done = done, .total = total, .bytes = moved.bytes, .outcome = outcome});
  }

  /// Copies (last, upto] in transactions of about a second, each closed by its checkpoint. False: one of them did not succeed, for sure or
  /// perhaps.
  bool copy(Life& in, postgres::Connection& session, std::int64_t upto, const Deadline& until) {
    const auto info = postgres::table(session, table.table, until);
    if (!info) throw Error{Code::not_found, {.what = "there is no table " + to_string(table.table), .where = to_string(table.at)}};
    Encoder encoder{table, *info};
    const auto estimate = static_cast<std::uint64_t>(std::max<std::int64_t>(info->rows_estimate, 0));
    tell(in.at.rows, estimate);
    auto rows = copy_rows(session, table, encoder, {in.at.last_id, upto}, until);
    Pace pace{options.rate};
    auto row = rows.next(until);
    do {
      auto next = in.at;
      in.out.begin();
      for (const auto transaction = until.within(transaction_time); row && !transaction.over();) {
        const Deadline finish{grace, {}};
        int n = 0;
        for (const int batch = pace.batch(1024); n < batch && row; ++n, row = rows.next(finish)) send(in, encoder, *row, next, finish);
        CTL_FAULT("mover.mid_copy");
        pace.passed(n, transaction);
      }
      if (!row) next.last_id = upto;  // also past rows that are left out, so that they are not looked at again
      const Deadline finish{grace, {}};
      next.ends = ends(finish);
      check_same_topic(in.at, table, next.ends);
      in.out.send(checkpoint_topic, id, to_bytes(next, table), now(), finish);
      CTL_FAULT("mover.before_commit");
      if (in.out.commit(finish) != kafka::Transactional::Commit::done) return false;
      CTL_FAULT("mover.after_commit");
      moved.rows += next.rows - in.at.rows;
      in.at = std::move(next);
      tell(in.at.rows, estimate);
    } while (row && !until.over());
    return true;
  }

  Moved catch_up(const Deadline& until) {
    moved = {};
    auto current =
        std::exchange(life, std::nullopt);  // what throws ends it: its transaction is aborted, and the next call reads the checkpoint again
    for (int failures = 0; !until.over() && !moved.caught_up;) {
      auto session = postgres::Connection::open(source, postgres::Access::read_only, listener, until);
      if (id.empty()) id = identity_of_primary(session, until);
      if (!current) current.emplace(begin_life(until));
      const auto round = Deadline{short_round, {}};
      const auto barrier = settle(session, table, listener, until);
      if (!barrier.reached) {
        listener.note(Listener::Level::warn,
                      fmt::format("{}: waiting for {}, which may still insert", to_string(table.table), barrier.waits_for));
        break;
      }
      moved.caught_up = !barrier.id || (current->at.last_id && *current->at.last_id >= *barrier.id);
      if (moved.caught_up) break;
      const auto before = current->at.rows;
      const bool good = copy(*current, session, *barrier.id, until);
      failures = good || current->at.rows > before ? 0 : failures + 1;
      if (failures == failures_in_a_row)
        throw Error{Code::failed,
                    {.what = fmt::format("{} transactions to {} in a row were not committed", failures, table.topic),
                     .hint = "the brokers' logs say why; what is committed stays, and the next run goes on after it"}};
      if (!good) current.reset();  // aborted or in doubt: the checkpoint says which, and the rows are read again
      moved.caught_up = good && !until.over() && !round.over();
    }
    if (moved.rows > 0 && moved.caught_up) tell(current->at.rows, current->at.rows, fmt::format("{} moved", format_count(moved.rows)));
    moved.last_id = current ? current->at.last_id : std::nullopt;
    life = std::move(current);
    return moved;
  }
};

Mover::Mover(postgres::Target source, kafka::Settings settings, EventTable table, MoveOptions options, Listener& listener)
    : impl_{new Impl{std::move(source), settings, std::move(table), options, listener, {settings, listener}}} {}
Mover::~Mover() = default;
Moved Mover::catch_up(const Deadline& until) { return impl_->catch_up(until); }

}  // namespace ctl::transfer
