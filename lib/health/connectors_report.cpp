#include <fmt/format.h>

#include "core/text.hpp"
#include "health/connectors.hpp"

namespace ctl::health {
namespace {

Value optional_text(const std::optional<std::string>& text) { return text ? Value{*text} : Value{}; }
Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

const ConnectorStatus* status_of(const ConnectorSights& sights) {
  const auto& last = sights.polls.back().status;
  return last && *last ? &**last : nullptr;
}
const ReplicationSlot* slot_of(const ConnectorSights& sights) {
  const auto& last = sights.polls.back().slot;
  return last && *last ? &**last : nullptr;
}

Value tasks_value(const ConnectorStatus* status) {
  Value tasks, items{Value::List{}};
  if (status != nullptr)
    for (const auto& task : status->tasks) {
      Value item;
      item.set("id", task.id).set("state", to_string(task.state)).set("worker_id", task.worker).set("cause", text_or_null(task.cause));
      items.push(std::move(item));
    }
  return tasks.set("expected", 1).set("running", status == nullptr ? Value{} : Value{status->running()}).set("items", std::move(items)),
         tasks;
}

Value config_value(const ConnectorSights& sights, const ConnectorJudgement& judged) {
  Value config, drift{Value::List{}};
  for (const auto& change : judged.drift) {
    Value one;
    one.set("path", change.path).set("declared", change.sensitive ? Value{} : optional_text(change.after));
    one.set("found", change.sensitive ? Value{} : optional_text(change.before)).set("sensitive", change.sensitive);
    drift.push(std::move(one));
  }
  const bool known = sights.wanted && sights.config && *sights.config;
  return config.set("in_sync", known ? Value{judged.drift.empty()} : Value{}).set("drift", std::move(drift)), config;
}

Value tables_value(const ConnectorSights& sights, const ConnectorJudgement& judged) {
  Value tables, items{Value::List{}};
  for (const auto& table : judged.tables) {
    const auto identity = table.table.replica_identity;
    Value one;
    one.set("table", to_string(table.table.table))
        .set("topic", text_or_null(table.topic))
        .set("published", table.published)
        .set("captured", table.captured);
    one.set("key", text_or_null(join(table.table.key, ",")));
    one.set("replica_identity", identity == 'f' ? "full" : identity == 'i' ? "index" : identity == 'n' ? "nothing" : "default");
    items.push(std::move(one));
  }
  const auto declared = sights.wanted ? Value{sights.wanted->spec.tables().size()} : Value{};
  return tables.set("declared", declared)
             .set("captured", sights.database ? Value{judged.captured} : Value{})
             .set("items", std::move(items)),
         tables;
}

Value publication_value(const ConnectorSights& sights) {
  Value value;
  value.set("name", sights.wanted ? Value{sights.wanted->spec.get("publication.name")} : Value{});
  const bool known = sights.database.has_value(), exists = known && sights.database->publication;
  value.set("exists", known ? Value{exists} : Value{});
  const auto fact = [&](bool Publication::*which) { return exists ? Value{(*sights.database->publication).*which} : Value{}; };
  value.set("all_tables", fact(&Publication::all_tables)).set("via_partition_root", fact(&Publication::via_root));
  value.set("inserts", fact(&Publication::inserts)).set("updates", fact(&Publication::updates));
  value.set("deletes", fact(&Publication::deletes)).set("truncates", fact(&Publication::truncates));
  return value;
}

Value slot_value(const ConnectorSights& sights, const ConnectorJudgement& judged) {
  const auto* slot = slot_of(sights);
  const bool known = sights.polls.back().slot.has_value();
  const auto fact = [&](auto&& of) { return slot == nullptr ? Value{} : Value{of(*slot)}; };
  Value value;
  value.set("name", sights.wanted ? Value{sights.wanted->spec.get("slot.name")} : Value{})
      .set("exists", known ? Value{slot != nullptr} : Value{});
  value.set("state", text_or_null(judged.slot_state)).set("wal_status", fact([](const auto& s) { return s.wal_status; }));
  value.set("restart_lsn", fact([](const auto& s) { return s.restart_lsn; })).set("confirmed_flush_lsn", fact([](const auto& s) {
                                                                                    return s.confirmed_flush_lsn;
                                                                                  }));
  value.set("wal_held_bytes", fact([](const auto& s) { return s.wal_held_bytes; })).set("lag_bytes", fact([](const auto& s) {
                                                                                          return s.lag_bytes;
                                                                                        }));
  return value.set("moved", judged.moved ? Value{*judged.moved} : Value{}).set("full_in_ms", Value{}), value;
}

Value offsets_value(const ConnectorSights& sights, const ConnectorJudgement& judged) {
  Value value;
  const bool known = sights.offsets.has_value();
  value.set("present", known ? Value{judged.offsets.lsn > 0} : Value{})
      .set("lsn", judged.offsets.lsn > 0 ? Value{format_lsn(judged.offsets.lsn)} : Value{});
  value.set("snapshot", known ? text_or_null(judged.offsets.snapshot) : Value{});
  return value.set("verdict", judged.offsets.verdict == OffsetVerdict::unknown ? Value{} : Value{to_string(judged.offsets.verdict)}), value;
}

Value connector_value(const ConnectorSights& sights, const ConnectorJudgement& judged) {
  const auto* status = status_of(sights);
  Value value, reasons{Value::List{}}, plugin;
  for (const auto& reason : judged.reasons) reasons.push(reason);
  plugin.set("class", sights.wanted ? text_or_null(sights.wanted->spec.get("connector.class")) : Value{})
      .set("version", text_or_null(sights.plugin_version));
  value.set("name", sights.name)
      .set("managed", sights.declared != nullptr)
      .set("verdict", to_string(judged.verdict))
      .set("reasons", std::move(reasons));
  value.set("polls", sights.polls.size()).set("state", status == nullptr ? Value{} : Value{to_string(status->state)});
  value.set("worker_id", status == nullptr ? Value{} : text_or_null(status->worker))
      .set("plugin", std::move(plugin))
      .set("tasks", tasks_value(status));
  value.set("config", config_value(sights, judged))
      .set("tables", tables_value(sights, judged))
      .set("publication", publication_value(sights));
  return value.set("slot", slot_value(sights, judged)).set("offsets", offsets_value(sights, judged)), value;
}

void note_unknown(Report& report, const ConnectorSights& sights, std::size_t place) {
  const auto note = [&](const char* part, const Error& why) {
    report.unknown.push_back({fmt::format("connectors[{}].{}", place, part), why.what()});
  };
  if (!sights.config) note("config", sights.config.error());
  if (sights.wanted && !sights.database) note("publication", sights.database.error());
  if (!sights.wanted) note("config.in_sync", sights.wanted.error());
  if (!sights.polls.back().status) note("state", sights.polls.back().status.error());
  if (!sights.polls.back().slot) note("slot", sights.polls.back().slot.error());
  if (!sights.offsets) note("offsets", sights.offsets.error());
}

Style style_of(ConnectorVerdict verdict) {
  switch (verdict) {
    case ConnectorVerdict::healthy: return Style::good;
    case ConnectorVerdict::failed:
    case ConnectorVerdict::missing: return Style::bad;
    case ConnectorVerdict::degraded:
    case ConnectorVerdict::paused:
    case ConnectorVerdict::stopped:
    case ConnectorVerdict::unknown: return Style::warn;
  }
  return Style::plain;
}

std::vector<Cell> row(const ConnectorSights& sights, const ConnectorJudgement& judged) {
  const auto* status = status_of(sights);
  const auto* slot = slot_of(sights);
  const auto tables =
      sights.wanted ? fmt::format("{}/{}", sights.database ? fmt::to_string(judged.captured) : "?", sights.wanted->spec.tables().size())
                    : "?";
  const bool config_known = sights.wanted && sights.config && *sights.config;
  return {{sights.name},
          {std::string{to_string(judged.verdict)}, style_of(judged.verdict)},
          {status == nullptr ? "-" : std::string{to_string(status->state)}},
          {status == nullptr ? "-" : fmt::format("{}/1", status->running())},
          {tables},
          {!config_known          ? "-"
           : judged.drift.empty() ? "same"
                                  : "drift",
           judged.drift.empty() ? Style::plain : Style::warn},
          {judged.slot_state.empty() ? "?" : judged.slot_state},
          {slot == nullptr ? "-" : format_bytes(static_cast<std::uint64_t>(slot->wal_held_bytes))},
          {slot == nullptr ? "-" : format_bytes(static_cast<std::uint64_t>(slot->lag_bytes))},
          {!judged.moved   ? "-"
           : *judged.moved ? "yes"
                           : "no"}};
}

void detail_of(Report& report, const ConnectorSights& sights, const ConnectorJudgement& judged) {
  Table tables{.head = {"TABLE", "TOPIC", "CAPTURED", "PUBLISHED", "KEY"}};
  for (const auto& table : judged.tables)
    tables.rows.push_back({{to_string(table.table.table)},
                           {table.topic.empty() ? "?" : table.topic},
                           {table.captured ? "yes" : "no", table.captured ? Style::plain : Style::bad},
                           {table.published ? "yes" : "no"},
                           {table.table.key.empty() ? "-" : join(table.table.key, ",")}});
  if (!tables.rows.empty()) report.blocks.emplace_back(std::move(tables));
  if (!judged.drift.empty()) {
    Table drift{.head = {"KEY", "DECLARED", "FOUND"}};
    for (const auto& change : judged.drift)
      drift.rows.push_back({{change.path}, {change.after.value_or("-")}, {change.before.value_or("-")}});
    report.blocks.emplace_back(std::move(drift));
  }
  if (sights.offsets)
    report.line(fmt::format("offsets {}, snapshot {}", to_string(judged.offsets.verdict), judged.offsets.snapshot), Style::faint);
}

}  // namespace

Report connectors_report(const AllConnectors& all, bool detail) {
  Report report{.kind = "connector_status"};
  Value worker, connectors{Value::List{}};
  const auto& root = all.worker.root;
  const bool comparable = root && all.worker.kafka_cluster_id;
  const bool same = comparable && root->kafka_cluster_id == *all.worker.kafka_cluster_id;
  worker.set("url", all.worker.url)
      .set("version", root ? Value{root->version} : Value{})
      .set("kafka_cluster_id", root ? Value{root->kafka_cluster_id} : Value{});
  worker.set("same_cluster", comparable ? Value{same} : Value{});
  worker.set("health",
             all.worker.health && *all.worker.health != connect::Health::unknown ? Value{to_string(*all.worker.health)} : Value{});
  if (!root) report.unknown.push_back({"worker", root.error().what()});
  if (root && !comparable) report.unknown.push_back({"worker.same_cluster", all.worker.kafka_cluster_id.error().what()});
  if (comparable && !same)
    report.warnings.push_back(fmt::format("the Connect worker uses Kafka cluster {}, and this context's is {}", root->kafka_cluster_id,
                                          *all.worker.kafka_cluster_id));

  Table table{.head = {"NAME", "VERDICT", "STATE", "TASKS", "TABLES", "CONFIG", "SLOT", "WAL-HELD", "LAG", "MOVED"}, .right = {7, 8}};
  std::vector<ConnectorJudgement> judged;
  for (const auto& sights : all.connectors) judged.push_back(judge(sights));
  for (std::size_t i = 0; i < judged.size(); ++i) {
    table.rows.push_back(row(all.connectors[i], judged[i]));
    connectors.push(connector_value(all.connectors[i], judged[i]));
    note_unknown(report, all.connectors[i], i);
    report.names.push_back(all.connectors[i].name);
  }
  report.data.set("worker", std::move(worker)).set("connectors", std::move(connectors));
  if (judged.empty()) return report.line("no connector is declared"), report;
  report.blocks.emplace_back(std::move(table));
  for (std::size_t i = 0; i < judged.size(); ++i) {
    for (const auto& reason : judged[i].reasons)
      report.line(fmt::format("{}: {}", all.connectors[i].name, reason), style_of(judged[i].verdict), 1);
    if (detail) detail_of(report, all.connectors[i], judged[i]);
  }
  report.line("one task, whatever the number of tables: a replication slot has one reader. What counts is TABLES and that every task runs.",
              Style::faint);
  return report;
}

Report connectors_list(Sources& from, const Deadline& until) {
  const auto configs = from.worker.configs(until);
  const auto statuses = from.worker.statuses(until);
  Report report{.kind = "connector_list"};
  Value connectors{Value::List{}};
  Table table{.head = {"NAME", "MANAGED", "CLASS", "STATE", "TASKS", "TOPIC-PREFIX"}};
  for (const auto& [name, config] : configs) {
    const ConnectorSpec spec{.name = name, .config = config};
    const auto status = statuses.find(name);
    const bool known = status != statuses.end();
    bool managed = false;
    for (const auto& file : from.around.project.connectors) managed = managed || file.name == name;
    const auto plugin = spec.get("connector.class");
    Value one;
    one.set("name", name)
        .set("managed", managed)
        .set("class", plugin)
        .set("state", known ? Value{to_string(status->second.state)} : Value{});
    one.set("tasks_running", known ? Value{status->second.running()} : Value{})
        .set("tasks", known ? Value{status->second.tasks.size()} : Value{});
    connectors.push(std::move(one.set("topic_prefix", text_or_null(spec.get("topic.prefix")))));
    table.rows.push_back({{name},
                          {managed ? "yes" : "no"},
                          {plugin.substr(plugin.rfind('.') + 1)},
                          {known ? std::string{to_string(status->second.state)} : "-"},
                          {known ? fmt::format("{}/{}", status->second.running(), status->second.tasks.size()) : "-"},
                          {spec.get("topic.prefix", "-")}});
    report.names.push_back(name);
  }
  report.data.set("connectors", std::move(connectors));
  if (table.rows.empty()) return report.line("the worker has no connectors"), report;
  report.blocks.emplace_back(std::move(table));
  return report;
}

}  // namespace ctl::health
