#include "health/preflight.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "postgres/catalog.hpp"

namespace ctl::health {
namespace {

bool wanted(const std::vector<std::string>& only, std::string_view part) {
  return only.empty() || std::find(only.begin(), only.end(), part) != only.end();
}

void pinned(std::vector<Check>& into, std::string target, const std::string& pin, const std::string& found, std::string_view key) {
  if (pin.empty()) return;
  const bool same = pin == found;
  into.push_back(
      {.id = "identity",
       .target = std::move(target),
       .result = same ? Result::ok : Result::fail,
       .found = same ? found + ", as pinned" : found + ", but " + pin + " is pinned",
       .fix = same ? "" : fmt::format("this is another server than the context means: check its address, or {} in mykartctl.yaml", key)});
}

void unreachable(std::vector<Check>& into, const char* target, const Error& e) {
  into.push_back({.id = "server", .target = target, .result = Result::fail, .found = one_line(e), .fix = e.text().hint});
}

void check_postgres(std::vector<Check>& into, Sources& from, const Deadline& until) {
  const auto server = attempt([&] { return postgres::server(from.database(), until); });
  if (!server) return unreachable(into, "postgres", server.error());
  into.push_back({.id = "server",
                  .target = "postgres " + server->address,
                  .found = fmt::format("{}, database {}, user {}", server->version, server->database, server->user)});
  pinned(into, "postgres", from.around.pinned_system_id, server->system_identifier, "postgres_system_id");
  if (from.around.project.connectors.empty()) return;
  const int free = server->slots_most - server->slots_used;
  const bool logical = server->wal_level == "logical";
  into.push_back({.id = "wal_level",
                  .target = "postgres",
                  .result = logical && free > 0 ? Result::ok : Result::fail,
                  .found = fmt::format("{}; {} of {} slots free", server->wal_level, free, server->slots_most),
                  .fix = !logical   ? "alter system set wal_level = logical; then restart PostgreSQL"
                         : free > 0 ? ""
                                    : "drop a slot that nobody uses, or raise max_replication_slots"});
  into.push_back({.id = "rights",
                  .target = "postgres",
                  .result = server->superuser || server->can_create ? Result::ok : Result::fail,
                  .found = server->superuser    ? "superuser"
                           : server->can_create ? "may create schemas"
                                                : "may not create schemas in this database",
                  .fix = server->superuser || server->can_create
                             ? ""
                             : fmt::format("grant create on database {} to {}", server->database, server->user)});
}

std::string check_kafka(std::vector<Check>& into, Sources& from, const Deadline& until) {
  const auto brokers = attempt([&] { return from.kafka.brokers(until); });
  if (!brokers) return unreachable(into, "kafka", brokers.error()), "";
  const auto id = attempt([&] { return from.kafka.id(until); });
  if (!id) return unreachable(into, "kafka", id.error()), "";
  into.push_back({.id = "server",
                  .target = "kafka " + from.around.kafka.brokers,
                  .found = fmt::format("{}, cluster {}", counted(brokers->size(), "broker"), *id)});
  pinned(into, "kafka", from.around.pinned_cluster_id, *id, "kafka_cluster_id");
  for (const auto& topic : from.around.project.topics)
    if (topic.replication > static_cast<int>(brokers->size())) {
      into.push_back({.id = "replication",
                      .target = topic.name,
                      .result = Result::fail,
                      .found = fmt::format("{} replicas declared, {} brokers", topic.replication, brokers->size()),
                      .fix = "declare fewer replicas for this cluster"});
      break;
    }
  return *id;
}

void check_connect(std::vector<Check>& into, Sources& from, const std::string& cluster_id, const Deadline& until) {
  const auto info = attempt([&] { return from.worker.root(until); });
  if (!info) return unreachable(into, "connect", info.error());
  const auto plugins = attempt([&] { return from.worker.plugins(until); });
  std::string debezium = "no PostgreSQL connector plugin";
  bool there = false;
  if (plugins)
    for (const auto& plugin : *plugins)
      if (plugin.name == "io.debezium.connector.postgresql.PostgresConnector") debezium = "Debezium " + plugin.version, there = true;
  const bool same = cluster_id.empty() || info->kafka_cluster_id == cluster_id;
  into.push_back({.id = "server",
                  .target = "connect " + from.around.connect.base,
                  .result = !same || !there ? Result::fail : Result::ok,
                  .found = fmt::format("{}, {}, {}", info->version, debezium,
                                       cluster_id.empty() ? "cluster " + info->kafka_cluster_id
                                       : same             ? "same Kafka cluster"
                                                          : "ANOTHER Kafka cluster: " + info->kafka_cluster_id),
                  .fix = !same   ? "this worker writes to another cluster: check connect_url and brokers of the context"
                         : there ? ""
                                 : "install the Debezium PostgreSQL plugin below the worker's plugin.path"});
}

}  // namespace

void check_servers(std::vector<Check>& into, Sources& from, const std::vector<std::string>& only, const Deadline& until) {
  std::string cluster_id;
  if (wanted(only, "postgres") || wanted(only, "identity")) check_postgres(into, from, until);
  if (wanted(only, "kafka") || wanted(only, "identity")) cluster_id = check_kafka(into, from, until);
  if (wanted(only, "connect") || wanted(only, "identity")) check_connect(into, from, cluster_id, until);
}

Checks preflight(Sources& from, std::string_view direction, const std::vector<std::string>& only, const Deadline& until,
                 std::uint64_t accept_loss) {
  Checks checks{.kind = "preflight", .expect = std::string{direction}};
  check_servers(checks.all, from, only, until);
  if (!wanted(only, "data")) return checks;
  if (!from.session()) {
    checks.all.push_back({.id = "data", .target = "event tables", .result = Result::unknown, .found = "PostgreSQL does not answer"});
    return checks;
  }
  ask(checks.all, "data", "event tables", [&] { check_data(checks.all, from, direction, until); });
  if (direction == "deploy") check_rows(checks.all, from, until);
  ask(checks.all, "way-back", "event tables", [&] { check_way_back(checks.all, from, direction, accept_loss, until); });
  return checks;
}

}  // namespace ctl::health
