#include "transfer/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "core/text.hpp"
#include "kafka/admin.hpp"
#include "postgres/catalog.hpp"
#include "value/value.hpp"

namespace ctl::transfer {

Identity identity(postgres::Connection& session, const EventTable& table, const Deadline& until) {
  const auto server = postgres::server(session, until);
  const auto base = fmt::format("mykartctl.{}.{}", server.system_identifier, server.database);
  const auto& schema = table.declared_schema.empty() ? table.table.schema : table.declared_schema;
  return {.transaction = fmt::format("{}.{}.{}", base, table.table.name, table.topic),
          .key = fmt::format("{}.{}.{}.{}", base, schema, table.table.name, table.topic)};
}

std::string to_bytes(const Checkpoint& checkpoint, const EventTable& table) {
  Value ends{Value::Map{}}, value;
  for (const auto& [partition, offset] : checkpoint.ends) ends.set(std::to_string(partition), offset);
  value.set("table", table.table.name).set("topic", table.topic);
  value.set("last_id", checkpoint.last_id ? Value{*checkpoint.last_id} : Value{});
  value.set("rows", checkpoint.rows).set("rejected", checkpoint.rejected).set("ends", std::move(ends)).set("exact", checkpoint.exact);
  value.set("topic_id", checkpoint.topic_id ? Value{*checkpoint.topic_id} : Value{});
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
  const auto* exact = parsed->find("exact");
  checkpoint.exact = exact != nullptr && exact->boolean() != nullptr && *exact->boolean();
  const auto* topic_id = parsed->find("topic_id");
  if (topic_id != nullptr && topic_id->text() != nullptr) checkpoint.topic_id = *topic_id->text();
  return checkpoint;
}

namespace {

using At = kafka::Cluster::At;
using namespace std::chrono_literals;

constexpr auto leader_patience = 5s;

/// The last one below `to`.
std::optional<Checkpoint> last_checkpoint(const kafka::Settings& settings, kafka::Cluster& cluster, const Identity& id, const Offsets& to,
                                          Listener& listener, const Deadline& until) {
  const std::string topic{checkpoint_topic};
  std::optional<std::string> last;
  scan(settings, topic, offsets_of(cluster, topic, At::earliest, until), to, listener, until, [&](const kafka::Message& message) {
    if (message.key && (*message.key == id.key || *message.key == id.transaction)) last = message.value;
  });
  return last ? std::optional{checkpoint_from(*last)} : std::nullopt;
}

/// nullopt: there is no topic of checkpoints. One that somebody makes just now has no leader for a moment.
std::optional<Offsets> offsets_of_checkpoints(kafka::Cluster& cluster, At at, const Deadline& until) {
  const std::string topic{checkpoint_topic};
  const auto soon = until.within(leader_patience);
  for (;; until.sleep(50ms)) {
    const auto described = cluster.describe(std::array{topic}, until).at(topic);
    if (!described && described.error().code() == Code::not_found) return std::nullopt;
    const bool leaderless = described && std::any_of(described->partitions.begin(), described->partitions.end(),
                                                     [](const PartitionState& partition) { return partition.leader < 0; });
    if (!leaderless || soon.over()) return offsets_of(cluster, topic, at, until);
    until.check("waiting for a leader of " + topic);
  }
}

}  // namespace

std::optional<Checkpoint> read_checkpoint(const kafka::Settings& settings, const Identity& id, Listener& listener, const Deadline& until) {
  kafka::Cluster cluster{settings, listener};
  const auto ends = offsets_of_checkpoints(cluster, At::latest, until);
  return ends ? last_checkpoint(settings, cluster, id, *ends, listener, until) : std::nullopt;
}

VisibleCheckpoint visible_checkpoint(const kafka::Settings& settings, const Identity& id, Listener& listener, const Deadline& until) {
  kafka::Cluster cluster{settings, listener};
  const auto stable = offsets_of_checkpoints(cluster, At::stable, until);
  if (!stable) return {};
  const auto ends = offsets_of(cluster, std::string{checkpoint_topic}, At::latest, until);
  return {.last = last_checkpoint(settings, cluster, id, *stable, listener, until), .unsettled = *stable != ends};
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

}  // namespace ctl::transfer
