#include "transfer/checkpoint.hpp"

#include <fmt/format.h>

#include <array>
#include <numeric>

#include "core/error.hpp"
#include "core/text.hpp"
#include "kafka/admin.hpp"
#include "postgres/catalog.hpp"
#include "value/value.hpp"

namespace ctl::transfer {

std::string identity(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  const auto server = postgres::server(session, until);
  return fmt::format("mykartctl.{}.{}.{}.{}", server.system_identifier, server.database, table.table.name, table.topic);
}

std::string to_bytes(const Checkpoint& checkpoint, const EventTable& table) {
  Value ends{Value::Map{}}, value;
  for (const auto& [partition, offset] : checkpoint.ends) ends.set(std::to_string(partition), offset);
  value.set("table", table.table.name).set("topic", table.topic);
  value.set("last_id", checkpoint.last_id ? Value{*checkpoint.last_id} : Value{});
  value.set("rows", checkpoint.rows).set("rejected", checkpoint.rejected).set("ends", std::move(ends));
  return to_json(value);
}

Checkpoint checkpoint_from(std::string_view bytes) {
  const auto unreadable = [&](std::string cause) {
    return Error{Code::failed,
                 {.what = fmt::format("a record of {} is no checkpoint", checkpoint_topic),
                  .cause = std::move(cause),
                  .where = std::string{bytes.substr(0, 200)}}};
  };
  const auto parsed = attempt([&] { return parse_json(bytes, std::string{checkpoint_topic}); });
  if (!parsed) throw unreadable(parsed.error().what());
  const auto number = [&](const Value* v) {
    if (v == nullptr || v->integer() == nullptr) throw unreadable("a number is missing");
    return *v->integer();
  };
  Checkpoint checkpoint;
  const auto* last = parsed->find("last_id");
  if (last != nullptr && !last->is_null()) checkpoint.last_id = number(last);
  checkpoint.rows = static_cast<std::uint64_t>(number(parsed->find("rows")));
  checkpoint.rejected = static_cast<std::uint64_t>(number(parsed->find("rejected")));
  const auto* ends = parsed->find("ends");
  if (ends == nullptr || ends->map() == nullptr) throw unreadable("the offsets are missing");
  for (const auto& end : *ends->map()) checkpoint.ends[static_cast<int>(parse_integer(end.key).value_or(-1))] = number(&end.value);
  return checkpoint;
}

std::optional<Checkpoint> read_checkpoint(const kafka::Settings& settings, const std::string& id, Listener& listener,
                                          const Deadline& until) {
  const std::string topic{checkpoint_topic};
  kafka::Cluster cluster{settings, listener};
  const auto described = cluster.describe(std::array{topic}, until).at(topic);
  if (!described && described.error().code() == Code::not_found) return std::nullopt;
  const auto ends = offsets_of(cluster, topic, kafka::Cluster::At::latest, until);
  std::optional<std::string> last;
  scan(settings, topic, offsets_of(cluster, topic, kafka::Cluster::At::earliest, until), ends, listener, until,
       [&](const kafka::Message& message) {
         if (message.key && *message.key == id) last = message.value;
       });
  return last ? std::optional{checkpoint_from(*last)} : std::nullopt;
}

Unmoved unmoved(postgres::Connection& session, const kafka::Settings& settings, const EventTable& table, const TableInfo& info,
                Listener& listener, const Deadline& until) {
  Unmoved found{.newest = newest_id(session, table, until)};
  if (!found.newest) return found;
  found.rows = info.rows_estimate;
  found.bytes = info.bytes;
  const auto done = read_checkpoint(settings, identity(session, table, until), listener, until);
  if (!done || !done->last_id) return found;
  found.last_id = done->last_id;
  const auto left = static_cast<std::uint64_t>(rows_behind(found.newest, found.last_id));
  found.bytes = found.rows > 0 ? found.bytes / found.rows * left : 0;
  found.rows = left;
  return found;
}

void ensure_checkpoint_topic(kafka::Cluster& cluster, const std::string& topic, const Deadline& until) {
  const std::string name{checkpoint_topic};
  const auto look = [&] { return cluster.describe(std::array{name, topic}, until); };
  auto seen = look();
  if (!seen.at(topic)) throw seen.at(topic).error();
  if (!seen.at(name) && seen.at(name).error().code() == Code::not_found) {
    TopicSpec spec;
    spec.name = name;
    spec.partitions = 1;
    spec.replication = seen.at(topic)->replication();
    spec.config = {{"cleanup.policy", "compact"},
                   {"segment.ms", "3600000"}};  // an open segment is not compacted: a day of tailing is 86,400 records
    const auto made = attempt([&] { kafka::Admin{cluster}.create(spec, until); });
    seen = look();
    if (!made && !seen.at(name)) throw made.error();  // else another one was faster
  }
  if (!seen.at(name)) throw seen.at(name).error();
  const auto policy = seen.at(name)->config.find("cleanup.policy");
  if (policy == seen.at(name)->config.end() || policy->second.value != "compact")
    throw Error{Code::refused,
                {.what = fmt::format("topic {} is not compacted, so that the progress kept in it would be forgotten", name),
                 .hint = fmt::format("set cleanup.policy=compact on {}", name)}};
}

void check_same_topic(const Checkpoint& at, const EventTable& table, const Offsets& ends) {
  const auto refuse = [&](std::string what) {
    return Error{Code::refused,
                 {.what = std::move(what),
                  .cause = "what was copied before is no longer there, or would lie elsewhere",
                  .hint = "bring the old topic back, or name a new one in the manifest and copy the table into that"}};
  };
  if (!at.ends.empty() && at.ends.size() != ends.size())
    throw refuse(fmt::format("topic {} has {} partitions, and had {} when {} was copied up to id {}", table.topic, ends.size(),
                             at.ends.size(), to_string(table.table), at.last_id.value_or(0)));
  for (const auto& [partition, reached] : at.ends)
    if (const auto now = ends.find(partition); now == ends.end() || now->second < reached)
      throw refuse(fmt::format("topic {} is not the one that {} was copied to: partition {} ends at offset {} and had reached {}",
                               table.topic, to_string(table.table), partition, now == ends.end() ? 0 : now->second, reached));
  const auto records =
      std::accumulate(ends.begin(), ends.end(), std::int64_t{0}, [](std::int64_t sum, const auto& end) { return sum + end.second; });
  if (static_cast<std::uint64_t>(records) < at.rows)
    throw refuse(fmt::format("topic {} is not the one that {} was copied to: {} events were written, and it has taken {}", table.topic,
                             to_string(table.table), at.rows, records));
}

}  // namespace ctl::transfer
