#include <fmt/format.h>

#include <memory>
#include <optional>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "transfer/backoff.hpp"
#include "transfer/conflict.hpp"
#include "transfer/outlet.hpp"
#include "transfer/pace.hpp"
#include "transfer/rows.hpp"
#include "transfer/settled.hpp"

namespace ctl::transfer {
namespace {

constexpr auto transaction_time = 1s;  ///< readers of the topic wait this long behind an open transaction
constexpr auto short_round = 1s;       ///< the table is caught up with when a round takes no longer
constexpr auto grace = 10s;            ///< for what must be finished although the caller's time is over: the transaction that is open

}  // namespace

struct Mover::Impl {
  postgres::Target source;
  kafka::Settings settings;
  EventTable table;
  MoveOptions options;
  Listener& listener;
  kafka::Cluster cluster;
  std::unique_ptr<Outlet> outlet{};
  std::optional<postgres::Connection> session{};
  Moved moved{};
  bool told_of_clocks{};
  Backoff backoff{source, table, listener};  ///< also an ALTER TABLE that waits for our COPY makes the shop's queries wait, behind itself
  Deadline::ms pause{};                      ///< for the servers' sake, before the next COPY

  /// Once: a tail goes through the whole hour.
  void tell_of(const ChangingClocks& clocks) {
    if (told_of_clocks) return;
    const auto tell = [&](const ChangingClocks::Rows& rows, std::string_view how_often, std::string_view taken_as) {
      if (rows.number == 0) return;
      told_of_clocks = true;
      listener.note(Listener::Level::warn, fmt::format("{}: {} of the rows, {} the first, {} a local time that {} has {}: taken as {}",
                                                       to_string(table.table), format_count(rows.number), rows.first_id,
                                                       rows.number == 1 ? "has" : "have", table.time_zone, how_often, taken_as));
    };
    tell(clocks.twice, "twice", "standard time");
    tell(clocks.never, "never", "what clocks had shown without the change");
  }

  void tell(std::uint64_t done, std::uint64_t total, std::string_view outcome = {}) const {
    listener.progress({.task = "copy " + table.table.name, .done = done, .total = total, .bytes = moved.bytes, .outcome = outcome});
  }

  /// Copies (last, upto] in transactions of about a second, to the end or until a server needs room. False: one of them did not succeed,
  /// for sure or perhaps.
  bool copy(Outlet& out, postgres::Connection& from, std::int64_t upto, const Deadline& until) {
    RowReader rows{from, table, {.after = out.at().last_id, .upto = upto}, until};
    const auto estimate = rows.info().rows_estimate;
    tell(out.at().rows, estimate);
    Pace pace{options.rate};
    auto row = rows.next(until);
    do {
      const auto [before, bytes] = std::pair{out.at().rows, out.bytes()};
      auto last = out.at().last_id;
      if (!out.begin(Deadline{grace, {}})) return false;
      for (const auto transaction = until.within(transaction_time); row && !transaction.over();) {
        const Deadline finish{grace, {}};
        int n = 0;
        for (const int batch = pace.batch(1024); n < batch && row; ++n, row = rows.next(finish))
          last = out.send(rows.encoder(), *row, finish);
        CTL_FAULT("mover.mid_copy");
        pace.passed(n, transaction);
      }
      const auto ended = Deadline::clock::now();
      // At the end also past rows that are left out, so that they are not looked at again.
      if (!out.commit(row ? last : upto, Deadline{grace, {}})) return false;
      moved.rows += out.at().rows - before;
      moved.bytes += out.bytes() - bytes;
      tell(out.at().rows, estimate);
      if (row && !until.over()) pause = backoff.after(Deadline::clock::now() - ended, until);
      if (pause.count() > 0) break;
    } while (row && !until.over());
    return true;
  }

  Moved catch_up(const Deadline& until) {
    moved = {};
    auto current = std::move(outlet);  // what throws ends it
    for (int failures = 0; !until.over() && !moved.caught_up;) {
      if (!session || !session->usable()) session = postgres::Connection::open(source, postgres::Access::read_only, listener, until);
      if (!current) {
        current = std::make_unique<Outlet>(settings, cluster, *session, table, listener, until);
        const auto newest = newest_id(*session, table, until);
        check_sequence(current->at(), table, info_of(*session, table, until), newest);
      }
      const auto round = Deadline{short_round, {}};
      const auto barrier = settle(*session, table, listener, until);
      if (!barrier.reached) {
        listener.note(Listener::Level::warn,
                      fmt::format("{}: waiting for {}, which may still insert", to_string(table.table), barrier.waits_for));
        break;
      }
      check_newest(current->at(), table, barrier.id);
      moved.caught_up = !barrier.id || (current->at().last_id && *current->at().last_id >= *barrier.id);
      if (moved.caught_up) break;
      const auto before = current->at().rows;
      until.sleep(pause);
      pause = {};
      const bool good = copy(*current, *session, *barrier.id, until);
      failures = good || current->at().rows > before ? 0 : failures + 1;
      if (failures == failures_in_a_row) throw not_committed(table);
      if (!good) current.reset();  // aborted or in doubt: the checkpoint says which, and the rows are read again
      moved.caught_up = good && pause.count() == 0 && !until.over() && !round.over();
    }
    if (moved.rows > 0 && moved.caught_up) tell(current->at().rows, current->at().rows, fmt::format("{} moved", format_count(moved.rows)));
    if (current) tell_of(current->clocks());
    moved.last_id = current ? current->at().last_id : std::nullopt;
    outlet = std::move(current);
    return moved;
  }
};

Mover::Mover(postgres::Target source, kafka::Settings settings, EventTable table, MoveOptions options, Listener& listener)
    : impl_{new Impl{std::move(source), settings, std::move(table), options, listener, {settings, listener}}} {}
Mover::~Mover() = default;
Moved Mover::catch_up(const Deadline& until) { return impl_->catch_up(until); }

}  // namespace ctl::transfer
