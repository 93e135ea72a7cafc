#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "transfer/conflict.hpp"
#include "transfer/outlet.hpp"
#include "transfer/provenance.hpp"
#include "transfer/rows.hpp"

namespace ctl::transfer {
namespace {

constexpr std::uint64_t rows_at_once = 10'000;  ///< in a transaction: well below a second
constexpr auto grace = 10s;                     ///< for a commit, also when the caller's time is over

class Repair {
 public:
  Repair(const postgres::Target& source, const kafka::Settings& settings, const EventTable& table, const Parity& seen, Listener& listener)
      : source_{source},
        settings_{settings},
        table_{table},
        holes_{seen.holes},
        read_to_{seen.ends},
        listener_{listener},
        cluster_{settings, listener} {}

  Repaired run(const Deadline& until) {
    for (int failures = 0;; ++failures) {
      if (failures == failures_in_a_row) throw not_committed(table_);
      auto session = postgres::Connection::open(source_, postgres::Access::read_only, listener_, until);
      Outlet out{settings_, cluster_, session, table_, listener_, until, Outlet::Purpose::adopt};
      if (!out.at().last_id)
        throw Error{Code::refused,
                    {.what = fmt::format("{} has no checkpoint: nobody knows which rows of {} are still to be moved", table_.topic,
                                         to_string(table_.table)),
                     .hint = "mykartctl events backfill " + table_.table.name}};
      look_again(out, failures > 0, until);
      const auto before = repaired_.rows;
      if (send(out, session, until)) break;
      if (repaired_.rows > before) failures = 0;
    }
    tell(fmt::format("{} sent, {} had arrived", format_count(repaired_.rows), format_count(repaired_.arrived)));
    return repaired_;
  }

 private:
  void tell(std::string_view outcome = {}) const {
    listener_.progress({.task = "repair " + table_.table.name, .done = closed_.size(), .total = holes_.size(), .outcome = outcome});
  }

  /// What has come into the topic before we fenced its writers: of a mover, or of a commit of ours whose fate was not known.
  void look_again(const Outlet& out, bool ours, const Deadline& until) {
    const auto ends = out.ends(until);
    check_same_topic({.ends = read_to_}, table_, ends, std::nullopt);
    Provenance provenance{table_};
    scan(settings_, table_.topic, read_to_, ends, listener_, until, [&](const kafka::Message& message) {
      const auto id = message.value ? provenance.row_of(*message.value) : std::nullopt;
      if (id && holes_.contains(*id) && closed_.add(*id)) ++(ours ? repaired_.rows : repaired_.arrived);
    });
    read_to_ = ends;
    CTL_FAULT("repair.after_look");
  }

  /// False: a transaction did not succeed, for sure or perhaps.
  bool send(Outlet& out, postgres::Connection& session, const Deadline& until) {
    const kafka::Header header{repair_header, began_};
    const auto topic_id = topic_id_of(cluster_, table_.topic, until);
    for (;;) {
      tell();
      std::vector<std::int64_t> ids;
      holes_.without(closed_, rows_at_once, [&](std::int64_t id) { ids.push_back(id); });
      if (ids.empty()) return true;
      until.check("repairing " + table_.topic);
      if (!out.begin(until)) return false;
      RepairNote note{.repair = began_, .topic_id = topic_id, .from = read_to_, .ids = {}};
      RowReader rows{session, table_, {.upto = out.at().last_id, .ids = ids}, until};
      while (const auto row = rows.next(until)) {
        note.ids.add(out.send(rows.encoder(), *row, until, {&header, 1}));
        CTL_FAULT("repair.mid_copy");
      }
      out.send(note, until);
      if (!out.commit(out.at().last_id, Deadline{grace, {}})) return false;
      repaired_.rows += note.ids.size();
      for (const auto id : ids) closed_.add(id);  // a row that is gone needs no event
    }
  }

  const postgres::Target& source_;
  const kafka::Settings& settings_;
  const EventTable& table_;
  const IdSet& holes_;
  Offsets read_to_;
  Listener& listener_;
  kafka::Cluster cluster_;
  std::string began_{format_instant(now())};
  IdSet closed_{};
  Repaired repaired_{};
};

}  // namespace

Repaired repair(const postgres::Target& source, const kafka::Settings& settings, const EventTable& table, const Parity& seen,
                Listener& listener, const Deadline& until) {
  return Repair{source, settings, table, seen, listener}.run(until);
}

}  // namespace ctl::transfer
