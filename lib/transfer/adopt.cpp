#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "transfer/conflict.hpp"
#include "transfer/outlet.hpp"
#include "transfer/provenance.hpp"

namespace ctl::transfer {
namespace {

/// Of the events of the table's rows that are committed in [from, to).
std::optional<std::int64_t> highest_id(const kafka::Settings& settings, const EventTable& table, const Offsets& from, const Offsets& to,
                                       Listener& listener, const Deadline& until) {
  Provenance provenance{table};
  std::optional<std::int64_t> highest;
  scan(settings, table.topic, from, to, listener, until, [&](const kafka::Message& message) {
    if (const auto id = message.value ? provenance.row_of(*message.value) : std::nullopt) highest = std::max(highest.value_or(*id), *id);
  });
  return highest;
}

Error not_adopted(const EventTable& table, std::string what, std::string cause) {
  return {Code::mismatch,
          {.what = std::move(what),
           .cause = std::move(cause),
           .where = to_string(table.at),
           .hint = fmt::format("mykartctl events reconcile {} names each. Nothing can be taken back from a topic: name a new one in the "
                               "manifest, and copy the table into that",
                               table.table.name)}};
}

}  // namespace

Adopted adopt(const postgres::Target& source, const kafka::Settings& settings, const EventTable& table, Listener& listener,
              const Deadline& until) {
  kafka::Cluster cluster{settings, listener};
  auto session = postgres::Connection::open(source, postgres::Access::read_only, listener, until);
  Outlet out{settings, cluster, session, table, listener, until, Outlet::Purpose::adopt};
  if (!out.is_new())
    throw Error{Code::refused,
                {.what = fmt::format("{} has a checkpoint already: there is nothing to adopt", table.topic),
                 .hint = "mykartctl events backfill " + table.table.name}};
  const auto seen = reconcile(session, settings, table, {}, listener, until);
  const auto differing = seen.duplicate + seen.altered + seen.misplaced + seen.extra;
  if (differing > 0)
    throw not_adopted(table, fmt::format("the events of {} in {} are not what its rows say", to_string(table.table), table.topic),
                      fmt::format("{} duplicate, {} altered, {} misplaced, {} extra among {}", seen.duplicate, seen.altered, seen.misplaced,
                                  seen.extra, counted(seen.in_topic, "event")));
  const auto starts = offsets_of(cluster, table.topic, kafka::Cluster::At::earliest, until);
  Adopted adopted{.events = seen.in_topic, .last_id = highest_id(settings, table, starts, seen.ends, listener, until)};
  CTL_FAULT("adopt.after_comparison");
  if (highest_id(settings, table, seen.ends, out.ends(until), listener, until))
    throw Error{Code::refused,
                {.what = fmt::format("somebody goes on writing events of {} to {}", to_string(table.table), table.topic),
                 .hint = "end what writes them, and run it again"}};
  if (!adopted.last_id) return adopted;
  seen.holes.without({}, seen.holes.size(), [&](std::int64_t id) { adopted.missing += id <= *adopted.last_id ? 1 : 0; });
  if (!out.commit_adopted(*adopted.last_id, adopted.events, until)) throw not_committed(table);
  return adopted;
}

}  // namespace ctl::transfer
