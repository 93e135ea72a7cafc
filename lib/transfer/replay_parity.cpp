#include <fmt/format.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/id_set.hpp"
#include "transfer/provenance.hpp"
#include "transfer/replay_start.hpp"
#include "transfer/row_content.hpp"
#include "transfer/rows.hpp"

namespace ctl::transfer {
namespace {

using Places = std::map<int, IdSet>;  ///< offsets by partition

/// Rows that a replay has written, and that are still there.
struct Written {
  Places as_written{};
  std::map<std::pair<int, std::int64_t>, std::int64_t> changed{};  ///< the id, by partition and offset of its event
};

std::string of_table(const EventTable& table) {
  return fmt::format("table_name in ({}, {}) and topic = {}", postgres::quote_literal(journal_name(table)),
                     postgres::quote_literal(table.table.name), postgres::quote_literal(table.topic));
}

Places read_letters(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  Places places;
  auto rows = session.copy_out(
      "select partition, kafka_offset from mykartctl.dead_letter where state <> 'over_limit' and " + of_table(table), until);
  while (const auto row = rows.next(until))
    places[static_cast<int>(postgres::to_integer(*(*row)[0]))].add(postgres::to_integer(*(*row)[1]));
  return places;
}

/// Version 1 of the journal did not keep what it wrote: its rows count by their ids.
Written read_rows(postgres::Connection& session, const EventTable& table, bool contents, const Deadline& until) {
  const postgres::Transaction held{session, until};
  session.query("select from only " + postgres::quote_identifier(table.table) + " limit 0", until);  // keeps its definition as it is
  Encoder encoder{table, info_of(session, table, until)};
  auto rows = session.copy_out(
      fmt::format(
          "select {}, mykartctl_partition, mykartctl_offset, mykartctl_content from {} t join (select id as mykartctl_id, partition as "
          "mykartctl_partition, kafka_offset as mykartctl_offset, {} as mykartctl_content from mykartctl.replayed where {}) r on "
          "mykartctl_id = t.{}",
          join(encoder.columns(), ", "), postgres::quote_identifier(table.table), contents ? "coalesce(content, '')" : "''::bytea",
          of_table(table), postgres::quote_identifier(table.id_column)),
      until);
  Written written;
  Encoder::Event event;
  while (const auto row = rows.next(until)) {
    const auto n = encoder.columns().size();
    const auto partition = static_cast<int>(postgres::to_integer(*(*row)[n]));
    const auto offset = postgres::to_integer(*(*row)[n + 1]);
    const auto content = *(*row)[n + 2];
    const bool same = content.empty() || (encoder.encode(row->first(n), event) == Reject::none && row_content(event) == content);
    if (same)
      written.as_written[partition].add(offset);
    else
      written.changed.emplace(std::pair{partition, offset}, event.id);
  }
  return written;
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
  constexpr std::size_t most_differences = 100;
  ReplayParity parity;
  parity.balanced = true;
  const auto journal = session.query(sql::replay_known, until);
  if (!journal.at(0, "known")) return parity;

  kafka::Cluster cluster{settings, listener};
  const auto topic = topic_now(cluster, table.topic, until);
  const auto known = replayed_to(session, table, until);
  if (const auto start = judge_start(known, {}, topic); !start.anew.empty()) throw removed_before_replay(table, start);
  Offsets from;
  bool whole = true;  // nothing of what was replayed has been removed since
  for (const auto& [partition, begun] : known.start) {
    whole = whole && topic.starts.at(partition) <= begun;
    from[partition] = std::max(begun, topic.starts.at(partition));
  }
  const auto rows = read_rows(session, table, journal.flag(0, "contents"), until);
  const auto letters = read_letters(session, table, until);
  const auto differ = [&](Difference::What what, std::int64_t id, const kafka::Message& message) {
    if (parity.differences.size() < most_differences)
      parity.differences.push_back({what, id, std::pair{message.partition.id, message.offset}});
  };

  Provenance provenance{table};
  scan(settings, table.topic, from, known.next, listener, until, [&](const kafka::Message& message) {
    const bool letter = contains(letters, message);
    if (!letter && message.value && provenance.row_of(*message.value)) {
      ++parity.from_table;
      return;
    }
    ++parity.events;
    const auto changed = rows.changed.find({message.partition.id, message.offset});
    if (contains(rows.as_written, message)) {
      ++parity.rows;
    } else if (letter) {
      ++parity.dead;
    } else if (changed != rows.changed.end()) {
      ++parity.changed;
      differ(Difference::What::altered, changed->second, message);
    } else {
      ++parity.missing;
      differ(Difference::What::missing, 0, message);
    }
  });

  const auto ledger =
      session.query(sql::ledger_sums, {{"table", journal_name(table)}, {"bare", table.table.name}, {"topic", table.topic}}, until);
  const auto delivered = count(ledger, "delivered");
  parity.filtered = count(ledger, "filtered");
  const bool adds_up = delivered == count(ledger, "inserted") + count(ledger, "from_table") + count(ledger, "dead") + parity.filtered;
  parity.missing -= std::min(parity.missing, parity.filtered);
  const auto read = parity.events + parity.from_table, own = count(ledger, "from_table");
  parity.balanced = adds_up && parity.missing == 0 && parity.changed == 0 && (whole ? delivered == read : delivered >= read) &&
                    (whole ? own == parity.from_table : own >= parity.from_table);
  return parity;
}

}  // namespace ctl::transfer
