#include "health/writers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "health/readers.hpp"
#include "postgres/catalog.hpp"
#include "sql/queries.hpp"
#include "transfer/topic_scan.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

constexpr std::chrono::milliseconds first_look{100};  // less than a watch of one look can know
constexpr std::int64_t looked_at = 200;               // records from each partition's end: an application that runs shows up among them

std::string describe(const postgres::Session& s) {
  if (s.pid == 0) return fmt::format("prepared transaction {} (user {})", s.application, s.user);
  return fmt::format("{} ({}, user {}, pid {})", s.application.empty() ? "a client without a name" : s.application,
                     s.address.empty() ? "local" : s.address, s.user, s.pid);
}

/// Other clients' sessions, without the captured tables' connector as far as it may only read.
std::vector<postgres::Session> clients(const Surroundings& around, postgres::Connection& database, const std::vector<TableName>& tables,
                                       const Deadline& until) {
  auto sessions = postgres::sessions(database, tables, until);
  std::erase_if(sessions, [&](const postgres::Session& s) {
    if (s.holds_row_exclusive || s.may_write) return false;
    return std::any_of(around.project.connectors.begin(), around.project.connectors.end(),
                       [&](const ConnectorSpec& c) { return c.get("database.user") == s.user; });
  });
  return sessions;
}

/// What forbids to judge at all, or writes for certain; nullopt: neither.
std::optional<Writers> unseen_or_certain(postgres::Connection& database, const std::vector<TableName>& tables, const Deadline& until) {
  if (auto grant = postgres::sight_that_lacks(database, until); !grant.empty())
    return Writers{.why = "this role may not see what other roles' sessions do, so that nobody can be said to be gone",
                   .remedy = std::move(grant)};
  if (const auto written = postgres::subscribed(database, tables, until); !written.empty()) {
    const auto& first = written.front();
    return Writers{.why = fmt::format("subscription {0} writes to {1}: alter subscription {0} disable, or take {1} out of its publication",
                                      first.subscription, to_string(first.table))};
  }
  return std::nullopt;
}

std::vector<kafka::Partition> partitions(kafka::Cluster& cluster, const std::vector<std::string>& topics, const Deadline& until) {
  std::vector<kafka::Partition> all;
  for (const auto& [name, state] : cluster.describe(topics, until))
    if (state)
      for (const auto& p : state->partitions) all.push_back({name, p.id});
  return all;
}

/// What a rollback has taken back into the table is no sign of an application that runs now.
std::map<int, std::int64_t> replayed_below(postgres::Connection& database, const EventTable& table, const Deadline& until) {
  std::map<int, std::int64_t> below;
  if (!database.query(sql::replay_known, until).at(0, "known")) return below;
  const auto rows = database.query(
      sql::replay_next, postgres::Names{{"table", journal_name(table)}, {"bare", table.table.name}, {"topic", table.topic}}, until);
  for (std::size_t i = 0; i < rows.size(); ++i)
    below[static_cast<int>(parse_integer(*rows.at(i, "partition")).value_or(0))] = parse_integer(*rows.at(i, "next_offset")).value_or(0);
  return below;
}

bool from_application(std::string_view value, const EventTable& table) {
  return value.find("\"" + table.id_field + "\":\"pg:") == std::string_view::npos;
}

}  // namespace

WriterWatch::clock::duration WriterWatch::quiet(const std::string& name, const std::string& newest) {
  const auto [at, first] = seen_.try_emplace(name, Seen{newest, clock::now(), false});
  if (!first && at->second.newest != newest) at->second = {newest, clock::now(), true};
  return clock::now() - at->second.since;
}

Writers WriterWatch::judge(clock::duration shortest, const std::string& busiest) const {
  if (shortest >= around_.quiet_for) return {.gone = true, .evidence = "quiet " + format_took(around_.quiet_for)};
  const auto& seen = seen_.at(busiest);
  const auto ago = format_took(std::chrono::duration_cast<std::chrono::milliseconds>(shortest));
  if (seen.moved) return {.why = fmt::format("{} got {} {} ago", busiest, seen.newest, ago)};
  const auto window = format_took(around_.quiet_for);
  if (shortest < first_look) return {.undecided = true, .why = fmt::format("until nothing has been written for {}", window)};
  return {.undecided = true, .why = fmt::format("watching for writers: quiet for {} of {}", ago, window)};
}

Writers WriterWatch::tables(postgres::Connection& database, kafka::Cluster& cluster, const Deadline& until) {
  std::vector<TableName> tables;
  auto shortest = clock::duration::max();
  std::string busiest;
  for (const auto& table : around_.project.tables) {
    if (!postgres::table(database, table.table, until)) continue;
    tables.push_back(table.table);
    const auto newest = transfer::newest_id(database, table, until);
    const auto name = to_string(table.table);
    if (const auto for_so_long = quiet(name, newest ? fmt::format("row {}", *newest) : "row none"); for_so_long < shortest)
      shortest = for_so_long, busiest = name;
  }
  if (tables.empty()) return {.gone = true, .evidence = "no event table is left"};

  if (auto found = unseen_or_certain(database, tables, until)) return *std::move(found);
  const auto others = clients(around_, database, tables, until);
  auto writers = judge(shortest, busiest);
  if (!writers.gone && !writers.undecided) {
    const auto writing =
        std::find_if(others.begin(), others.end(), [](const postgres::Session& s) { return s.holds_row_exclusive || s.state == "active"; });
    if (!others.empty()) writers.why += " from " + describe(writing != others.end() ? *writing : others.front());
    return writers;
  }
  for (const auto& session : others)
    if (session.holds_row_exclusive)
      return {.why = fmt::format("{} may still insert: in a transaction since {}", describe(session), format_instant(session.since))};
  if (around_.is_protected && !word_)
    return {.why = "context " + around_.context + " is protected: say --writers-gone when the application no longer writes to the tables"};
  if (writers.undecided) return writers;

  const auto with_events = last_application_events(around_, database, cluster, until);
  if (!with_events.empty()) {
    writers.evidence += fmt::format(", application events seen in {} of {} topics", with_events.size(), around_.project.tables.size());
  } else if (others.empty()) {
    writers.evidence += ", no other session in the database";
  } else if (word_) {
    writers.evidence += ", the operator says that the writers are gone";
  } else {
    return {.why = fmt::format("no insert for {}, but {} is still connected and no application event has arrived in a topic",
                               format_took(around_.quiet_for), describe(others.front()))};
  }
  return writers;
}

Writers WriterWatch::topics(kafka::Cluster& cluster, const Deadline& until) {
  const auto all = partitions(cluster, event_topics(around_.project), until);
  auto shortest = clock::duration::max();
  std::string busiest;
  for (const auto& [partition, end] : cluster.offsets(all, kafka::Cluster::At::latest, until)) {
    if (!end) throw end.error();
    const auto name = fmt::format("{}[{}]", partition.topic, partition.id);
    if (const auto for_so_long = quiet(name, fmt::format("offset {}", *end)); for_so_long < shortest)
      shortest = for_so_long, busiest = name;
  }
  if (all.empty()) return {.gone = true, .evidence = "no event topic exists"};
  if (around_.is_protected && !word_)
    return {.why = "context " + around_.context + " is protected: say --writers-gone when the application no longer writes to the topics"};
  return judge(shortest, busiest);
}

std::map<std::string, Millis> last_application_events(const Surroundings& around, postgres::Connection& database, kafka::Cluster& cluster,
                                                      const Deadline& until) {
  std::map<std::string, Millis> found;
  for (const auto& table : around.project.tables) {
    const auto ends = attempt([&] { return transfer::offsets_of(cluster, table.topic, kafka::Cluster::At::latest, until); });
    if (!ends && ends.error().code() == Code::not_found) continue;  // it is made by a step to come
    if (!ends) throw Error{ends.error()};
    const auto below = replayed_below(database, table, until);
    auto from = transfer::offsets_of(cluster, table.topic, kafka::Cluster::At::earliest, until);
    for (auto& [partition, first] : from) {
      const auto known = below.find(partition);
      first = std::max({first, ends->at(partition) - looked_at, known == below.end() ? std::int64_t{0} : known->second});
    }
    transfer::scan(around.kafka, table.topic, from, *ends, around.listener, until, [&](const kafka::Message& message) {
      if (!message.value || !from_application(*message.value, table)) return;
      const auto last = found.try_emplace(table.topic, message.time).first;
      last->second = std::max(last->second, message.time);
    });
  }
  return found;
}

}  // namespace ctl::health
