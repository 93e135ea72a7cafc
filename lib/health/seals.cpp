// What the servers say of what was proved.
#include "health/seals.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "postgres/named.hpp"
#include "sql/queries.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

std::map<std::string, Known<ObservedTopic>> observe_topics(kafka::Cluster& cluster, std::span<const std::string> names,
                                                           const Deadline& until) {
  std::map<std::string, Known<ObservedTopic>> all;
  if (names.empty()) return all;
  const std::array<std::string, 1> policy{"cleanup.policy"};
  const auto states = cluster.describe(names, policy, until);
  std::vector<kafka::Partition> partitions;
  std::vector<std::string> existing;
  for (const auto& [name, state] : states) {
    if (!state) {
      all.emplace(name, tl::unexpected<Error>{state.error()});
      continue;
    }
    existing.push_back(name);
    for (const auto& partition : state->partitions) partitions.push_back({name, partition.id});
  }
  if (existing.empty()) return all;
  const auto ids = cluster.topic_ids(existing, until);
  for (const auto& name : existing) {
    const auto id = ids.find(name);
    all.emplace(name, ObservedTopic{.id = id == ids.end() ? Known<std::string>{tl::unexpected<Error>{
                                                                Error{Code::failed, {.what = "no broker tells the id of topic " + name}}}}
                                                          : id->second,
                                    .cleanup_policy = config_text(*states.at(name), "cleanup.policy").value_or("")});
  }
  for (const auto& [partition, bounds] : cluster.bounds(partitions, until)) {
    auto& topic = all.at(partition.topic);
    if (!topic) continue;
    if (!bounds.start || !bounds.end)
      topic = tl::unexpected<Error>{bounds.start ? bounds.end.error() : bounds.start.error()};
    else
      topic->partitions[partition.id] = {*bounds.start, *bounds.end};
  }
  return all;
}

SealedTable observe_table(postgres::Connection& database, const EventTable& table, Depth depth, const Deadline& until) {
  const postgres::Names names{{"schema", table.table.schema}, {"table", table.table.name}, {"id", table.id_column}};
  SealedTable found;
  const auto relations = database.query(sql::seal_relations, names, until);
  for (std::size_t i = 0; i < relations.size(); ++i) {
    found.server = relations.text(i, "server");
    found.database = relations.text(i, "database");
    found.relations.push_back({.oid = relations.integer(i, "oid"),
                               .filenode = relations.integer(i, "filenode"),
                               .name = relations.text(i, "name"),
                               .columns = relations.text(i, "columns")});
  }
  if (depth == Depth::catalog) {
    found.last_id = transfer::newest_id(database, table, until);
    return found;
  }
  const auto rows = database.query(sql::seal_rows, names, until);
  found.rows = static_cast<std::uint64_t>(rows.integer(0, "rows"));
  if (rows.at(0, "last_id")) found.last_id = rows.integer(0, "last_id");
  found.versions = rows.text(0, "versions");
  return found;
}

/// The migration that finalizes has dropped the tables, or may have.
bool finalized(const SealWitnesses& ask, const Deadline& until) {
  const auto states = ask.journal.migrations(until);
  return std::any_of(ask.project.migrations.begin(), ask.project.migrations.end(), [&](const Migration& m) {
    const auto found = states.find(m.id);
    return m.phase == Migration::Phase::contract && m.run_by == Migration::RunBy::finalize && found != states.end() &&
           found->second.state != "reverted";
  });
}

SealState state_of(const SealWitnesses& ask, const Seal& seal, const EventTable& declared,
                   const std::map<std::string, Known<ObservedTopic>>& topics, Depth depth, const Deadline& until) {
  SealObservation now{.declaration = declaration_digest(declared), .topic = topics.at(seal.topic)};
  now.table = attempt([&]() -> std::optional<SealedTable> {
    const auto located = locate(ask.project, declared, ask.database, until);
    if (!located) return std::nullopt;
    return observe_table(ask.database, at(declared, *located), depth, until);
  });
  if (now.table && !*now.table) now.dropped = finalized(ask, until);
  return judge(seal, now);
}

std::optional<Seal> find(const std::vector<Seal>& seals, const EventTable& declared, std::string_view direction) {
  const auto name = to_string(declared.table);
  const auto found = std::find_if(seals.begin(), seals.end(), [&](const Seal& s) { return s.table == name && s.direction == direction; });
  return found == seals.end() ? std::nullopt : std::optional{*found};
}

std::vector<SealState> states(const SealWitnesses& ask, std::span<const EventTable> tables, std::string_view direction, Depth depth,
                              const Deadline& until) {
  const auto seals = ask.journal.seals(until);
  std::vector<std::string> names;
  for (const auto& declared : tables)
    if (const auto seal = find(seals, declared, direction); seal && seal->facts) names.push_back(seal->topic);
  const auto topics = attempt([&] { return observe_topics(ask.kafka, names, until); });
  std::vector<SealState> all;
  for (const auto& declared : tables) {
    const auto seal = find(seals, declared, direction);
    if (!seal)
      all.push_back({.kind = SealState::Kind::absent});
    else if (!seal->facts)
      all.push_back(judge(*seal, {}));
    else if (!topics)
      all.push_back(state_of(ask, *seal, declared, {{seal->topic, tl::unexpected<Error>{topics.error()}}}, depth, until));
    else
      all.push_back(state_of(ask, *seal, declared, *topics, depth, until));
  }
  return all;
}

}  // namespace

SealFacts seal_facts(const SealWitnesses& ask, const EventTable& declared, const Located& located, Depth depth, const Deadline& until) {
  const std::array names{declared.topic};
  const auto topic = observe_topics(ask.kafka, names, until).at(declared.topic);
  if (!topic) throw Error{topic.error()};
  SealFacts facts{.declaration = declaration_digest(declared), .table = observe_table(ask.database, at(declared, located), depth, until)};
  if (topic->id)
    facts.topic.id = *topic->id;
  else if (topic->id.error().code() != Code::failed)  // no answer; else there is none to be had (TLS, an old cluster)
    throw Error{topic->id.error()};
  facts.topic.partitions = topic->partitions;
  return facts;
}

SealState seal_state(const SealWitnesses& ask, const EventTable& declared, std::string_view direction, Depth depth, const Deadline& until) {
  return states(ask, {&declared, 1}, direction, depth, until).front();
}

std::vector<SealState> seal_states(const SealWitnesses& ask, std::string_view direction, Depth depth, const Deadline& until) {
  return states(ask, ask.project.tables, direction, depth, until);
}

}  // namespace ctl::health
