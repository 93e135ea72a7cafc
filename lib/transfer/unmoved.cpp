#include <array>

#include "core/error.hpp"
#include "transfer/conflict.hpp"
#include "transfer/rows.hpp"

namespace ctl::transfer {
namespace {

bool exists(kafka::Cluster& cluster, const std::string& name, const Deadline& until) {
  const std::array<std::string, 1> one_config{"retention.ms"};  // what is asked is whether it is there
  const auto topic = cluster.describe(std::array{name}, one_config, until).at(name);
  if (!topic && topic.error().code() != Code::not_found) throw Error{topic.error()};
  return topic.has_value();
}

/// Of a check that refuses; everything else that it throws goes on.
template <class Check>
std::optional<Error> refusal(Check&& check) {
  const auto checked = attempt(check);
  if (checked) return std::nullopt;
  if (checked.error().code() != Code::refused) throw Error{checked.error()};
  return checked.error();
}

}  // namespace

std::optional<Error> conflict_with(const Checkpoint& done, postgres::Connection& session, kafka::Cluster& cluster, const EventTable& table,
                                   std::optional<std::int64_t> newest, const Deadline& until) {
  return refusal([&] {
    if (!exists(cluster, table.topic, until)) {
      if (done.last_id) refuse_missing_topic(done, table);
      return;
    }
    const auto now = topic_now(cluster, table.topic, until);
    check_same_topic(done, table, now.ends, now.id);
    check_newest(done, table, newest);
    check_sequence(done, table, info_of(session, table, until), newest);
  });
}

Unmoved unmoved(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const TableInfo& info,
                Listener& listener, const Deadline& until) {
  kafka::Cluster cluster{settings, listener};
  const auto [done, unsettled] = visible_checkpoint(settings, identity(session, table, until), listener, until);
  Unmoved found{.newest = newest_id(session, table, until)};
  if (done) found.conflict = conflict_with(*done, session, cluster, table, found.newest, until);
  // What is open may be the first checkpoint, whose end was lost: then the mover has to see to that first.
  if (!done && !unsettled && found.newest && exists(cluster, table.topic, until)) {
    found.conflict = refusal([&] {
      const auto now = topic_now(cluster, table.topic, until);
      check_unfilled(settings, table, now.starts, now.visible, listener, until);
    });
    found.adoptable = found.conflict.has_value();
  }
  found.last_id = done ? done->last_id : std::nullopt;
  if (!found.newest) return found;
  found.rows = info.rows_estimate;
  found.bytes = info.bytes;
  if (!found.last_id) return found;
  const auto left = static_cast<std::uint64_t>(rows_behind(found.newest, found.last_id));
  found.bytes = found.rows > 0 ? found.bytes / found.rows * left : 0;
  found.rows = left;
  return found;
}

}  // namespace ctl::transfer
