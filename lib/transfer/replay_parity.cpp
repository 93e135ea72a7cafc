#include <fmt/format.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/id_set.hpp"
#include "transfer/provenance.hpp"
#include "transfer/rows.hpp"
#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {
namespace {

using Places = std::map<int, IdSet>;  ///< offsets by partition

Places read_places(postgres::Connection& session, const std::string& select, const Deadline& until) {
  Places places;
  auto rows = session.copy_out(select, until);
  while (const auto row = rows.next(until))
    places[static_cast<int>(postgres::to_integer(*(*row)[0]))].add(postgres::to_integer(*(*row)[1]));
  return places;
}

bool contains(const Places& places, const kafka::Message& message) {
  const auto found = places.find(message.partition.id);
  return found != places.end() && found->second.contains(message.offset);
}

std::uint64_t count(const postgres::Rows& rows, std::string_view column) {
  return static_cast<std::uint64_t>(parse_integer(*rows.at(0, column)).value_or(0));
}

}  // namespace

ReplayParity reconcile_replay(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, Listener& listener,
                              const Deadline& until) {
  ReplayParity parity;
  parity.balanced = true;
  if (!session.query(sql::replay_known, until).at(0, "known")) return parity;
  const auto info = info_of(session, table, until);

  kafka::Cluster cluster{settings, listener};
  const auto starts = offsets_of(cluster, table.topic, kafka::Cluster::At::earliest, until);
  const postgres::Names names{{"table", table.table.name}, {"topic", table.topic}};
  const auto stands = session.query(sql::replay_range, names, until);
  Offsets from, to;
  bool whole = true;  // nothing of what was replayed has been removed since
  for (std::size_t i = 0; i < stands.size(); ++i) {
    const auto partition = static_cast<int>(parse_integer(*stands.at(i, "partition")).value_or(-1));
    const auto start = starts.find(partition);
    if (start == starts.end())
      throw Error{Code::refused, {.what = fmt::format("topic {} has no partition {} any more", table.topic, partition)}};
    const auto begun = parse_integer(*stands.at(i, "start_offset")).value_or(0);
    whole = whole && start->second <= begun;
    from[partition] = std::max(begun, start->second);
    to[partition] = parse_integer(*stands.at(i, "next_offset")).value_or(0);
  }
  const auto of_table =
      fmt::format("table_name = {} and topic = {}", postgres::quote_literal(table.table.name), postgres::quote_literal(table.topic));
  const auto rows =
      read_places(session,
                  fmt::format("select r.partition, r.kafka_offset from mykartctl.replayed r join {} t on t.{} = r.id where {}",
                              postgres::quote_identifier(table.table), postgres::quote_identifier(table.id_column), of_table),
                  until);
  const auto letters = read_places(session, "select partition, kafka_offset from mykartctl.dead_letter where " + of_table, until);

  Provenance provenance{table};
  scan(settings, table.topic, from, to, listener, until, [&](const kafka::Message& message) {
    if (message.value && provenance.row_of(*message.value)) {
      ++parity.from_table;
      return;
    }
    ++parity.events;
    if (contains(rows, message))
      ++parity.rows;
    else if (contains(letters, message))
      ++parity.dead;
    else
      ++parity.missing;
  });

  const auto ledger = session.query(sql::ledger_sums, names, until);
  const auto delivered = count(ledger, "delivered");
  parity.filtered = count(ledger, "filtered");
  const bool adds_up = delivered == count(ledger, "inserted") + count(ledger, "from_table") + count(ledger, "dead") + parity.filtered;
  parity.missing -= std::min(parity.missing, parity.filtered);
  parity.balanced = adds_up && parity.missing == 0 &&
                    (whole ? delivered == parity.events + parity.from_table : delivered >= parity.events + parity.from_table);
  return parity;
}

}  // namespace ctl::transfer
