#include "apply/connectors.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/captured_tables.hpp"
#include "apply/connector_handler.hpp"
#include "core/text.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_lint.hpp"
#include "plan/connector_topics.hpp"
#include "postgres/catalog.hpp"

namespace ctl {
namespace {

const ConnectorSpec* declared(const Surroundings& around, const std::string& name) {
  const auto& files = around.project.connectors;
  const auto found = std::find_if(files.begin(), files.end(), [&](const ConnectorSpec& c) { return c.name == name; });
  return found == files.end() ? nullptr : &*found;
}

/// As the worker runs it, else as its file declares it.
ConnectorSpec as_known(const Surroundings& around, const postgres::Connection* database, connect::Worker& worker, const std::string& name,
                       const Deadline& until) {
  if (const auto running = worker.find(name, until)) return {.name = name, .config = *running};
  if (const auto* file = declared(around, name)) return health::wanted_connector(around, *file, false, database).spec;
  throw Error{Code::not_found,
              {.what = "there is no connector " + name,
               .cause = "neither the worker nor a file of this project knows it",
               .where = worker.url().base,
               .hint = "mykartctl connector list"}};
}

std::string state_word(const Known<ConnectorStatus>& status) {
  if (!status) return "-";
  return fmt::format("{} {}/{}", to_string(status->state), status->running(), status->tasks.size());
}

std::optional<ReplicationSlot> slot_of(Sources& from, const ConnectorSpec& spec, const Deadline& until) {
  if (!from.session() || !plan::is_postgres(spec) || spec.get("slot.name").empty()) return std::nullopt;
  return postgres::slot(from.database(), spec.get("slot.name"), until);
}

Report state_report(const std::string& verb, const std::string& name, const std::string& before, const std::string& after,
                    const std::optional<ReplicationSlot>& slot) {
  Report report{.kind = "connector_" + verb};
  report.data.set("name", name)
      .set("before", before)
      .set("after", after)
      .set("slot", slot ? Value{slot->active ? "active" : "inactive"} : Value{});
  report.data.set("wal_held_bytes", slot ? Value{slot->wal_held_bytes} : Value{});
  Table table{.head = {"NAME", "BEFORE", "AFTER", "SLOT", "WAL-HELD"}, .right = {4}};
  table.rows.push_back({{name},
                        {before},
                        {after},
                        {!slot          ? "-"
                         : slot->active ? "active"
                                        : "inactive"},
                        {!slot ? "-" : format_bytes(static_cast<std::uint64_t>(slot->wal_held_bytes))}});
  report.blocks.emplace_back(std::move(table));
  report.names.push_back(name);
  return report;
}

/// A slot is dropped by its name, and names are the whole server's: what a standby or another program reads by is not the connector's.
void need_own_slot(const Desk& desk, const ConnectorSpec& spec, const ReplicationSlot& slot, bool runs, const Deadline& until) {
  const auto here = postgres::server(desk.database(), until).database;
  auto foreign = plan::foreign_slot(slot, spec.get("database.dbname"), spec.get("plugin.name", "decoderbufs"));
  if (!foreign && here != slot.database)
    foreign = plan::Obstacle{.why = fmt::format("slot {} is of database {}, and this context's is {}", slot.name, slot.database, here),
                             .remedy = "use the context of that database"};
  if (!foreign && slot.active && !runs)
    foreign = plan::Obstacle{.why = fmt::format("slot {} is in use, and not by connector {} of this worker", slot.name, spec.name),
                             .remedy = "SELECT * FROM pg_stat_replication"};
  if (foreign)
    throw Error{Code::refused, {.what = foreign->why, .cause = "it is not dropped", .hint = foreign->remedy + "; or --keep-slot"}};
}

void need_own_publication(connect::Worker& worker, const ConnectorSpec& spec, const Deadline& until) {
  for (const auto& [name, config] : worker.configs(until)) {
    const ConnectorSpec other{.name = name, .config = config};
    if (name != spec.name && plan::is_postgres(other) && other.get("publication.name") == spec.get("publication.name") &&
        other.get("database.dbname") == spec.get("database.dbname"))
      throw Error{Code::refused,
                  {.what = fmt::format("publication {} is also that of connector {}", spec.get("publication.name"), name),
                   .hint = "without --drop-publication"}};
  }
}

}  // namespace

Report connector_restart(Sources& from, const std::string& name, bool only_failed, std::optional<int> task, const Deadline& until) {
  const auto spec = as_known(from.around, from.session() ? &from.database() : nullptr, from.worker, name, until);
  const auto before = state_word(from.worker.status(name, until));
  connect::Admin admin{from.worker};
  if (task)
    admin.restart_task(name, *task, until);
  else
    admin.restart(name, only_failed, until);
  await_healthy(from.worker, from.session() ? &from.database() : nullptr, spec, until);
  return state_report("restart", name, before, state_word(from.worker.status(name, until)), slot_of(from, spec, until));
}

Report connector_set_state(Sources& from, const std::string& name, RunState wanted, const Deadline& until) {
  const auto spec = as_known(from.around, from.session() ? &from.database() : nullptr, from.worker, name, until);
  const auto before = state_word(from.worker.status(name, until));
  connect::Admin admin{from.worker};
  const std::string verb = wanted == RunState::paused ? "pause" : wanted == RunState::stopped ? "stop" : "resume";
  if (wanted == RunState::paused)
    admin.pause(name, until);
  else if (wanted == RunState::stopped)
    admin.stop(name, until);
  else
    admin.resume(name, until);
  const auto slot = slot_of(from, spec, until);
  auto report = state_report(verb, name, before, state_word(from.worker.status(name, until)), slot);
  if (wanted != RunState::running && slot)
    report.line("the slot keeps WAL until the connector runs again: mykartctl connector resume " + name, Style::warn);
  return report;
}

std::vector<Removal> connector_removal(const Desk& desk, connect::Worker& worker, const std::string& name, DeleteConnector what,
                                       const Deadline& until) {
  const auto spec = as_known(desk.around, desk.session, worker, name, until);
  const bool runs = worker.find(name, until).has_value();
  const auto slot = spec.get("slot.name"), publication = spec.get("publication.name");
  const auto others = plan::rivals(spec, worker.configs(until));
  const bool shared = std::any_of(others.begin(), others.end(), [](const plan::Rival& r) { return r.key == "slot.name"; });
  if (what.drop_slot && shared)
    throw Error{Code::refused,
                {.what = fmt::format("slot {} is also that of connector {}", slot, others.front().connector), .hint = "--keep-slot"}};
  const bool has_slots = (what.drop_slot || what.drop_publication) && plan::is_postgres(spec);
  const auto there = has_slots && !slot.empty() ? postgres::slot(desk.database(), slot, until) : std::nullopt;
  if (what.drop_slot && there) need_own_slot(desk, spec, *there, runs, until);
  if (what.drop_publication && !what.drop_slot && there)
    throw Error{Code::refused,
                {.what = fmt::format("slot {} still needs publication {}: what it holds could not be decoded any more", slot, publication),
                 .hint = "--drop-slot"}};
  if (what.drop_publication) need_own_publication(worker, spec, until);
  const bool published =
      what.drop_publication && !publication.empty() && postgres::publication(desk.database(), publication, until).has_value();

  std::vector<Removal> steps;
  if (runs) steps.push_back({"stop", "connector/" + name});
  if (runs && (what.drop_offsets || what.drop_slot)) steps.push_back({"reset", "offsets/" + name});
  if (runs) steps.push_back({"delete", "connector/" + name});
  if (what.drop_slot && there) steps.push_back({"drop", "slot/" + slot});
  if (published) steps.push_back({"drop", "publication/" + publication});
  return steps;
}

Report connector_delete(const Desk& desk, connect::Worker& worker, const std::string& name, DeleteConnector what, const Deadline& until) {
  const auto steps = connector_removal(desk, worker, name, what, until);
  const auto spec = as_known(desk.around, desk.session, worker, name, until);
  connect::Admin admin{worker};
  Report report{.kind = "connector_delete"};
  Value done{Value::List{}}, offsets{Value::List{}};
  Table table{.head = {"#", "ACTION", "RESOURCE", "RESULT"}, .right = {0}};
  for (const auto& step : steps) {
    const auto of = step.resource.substr(step.resource.find('/') + 1);
    if (step.action == "stop") {
      admin.stop(name, until);
      if (what.drop_slot || what.drop_offsets) offsets = worker.offsets(name, until);
    } else if (step.action == "reset") {
      admin.reset_offsets(name, until);
    } else if (step.action == "delete") {
      admin.remove(name, until);
    } else if (step.resource.starts_with("slot/")) {
      await_slot_idle(desk, of, until);
      drop_slot(desk, of, spec.get("plugin.name", "decoderbufs"), until);
    } else {
      drop_publication(desk, of, until);
    }
    table.rows.push_back({{fmt::to_string(table.rows.size() + 1)}, {step.action}, {step.resource}, {"done", Style::good}});
    Value one;
    done.push(std::move(one.set("action", step.action).set("resource", step.resource).set("result", "done")));
  }
  report.data.set("name", name).set("steps", std::move(done)).set("offsets", std::move(offsets));
  if (table.rows.empty()) return report.line("connector " + name + " is gone already, and so is what was asked for"), report;
  report.blocks.emplace_back(std::move(table));
  if (!what.drop_slot && plan::is_postgres(spec))
    report.line(
        fmt::format(
            "slot {} stays and keeps WAL without end until a connector reads from it again, or: mykartctl connector delete {} --drop-slot",
            spec.get("slot.name"), name),
        Style::warn);
  return report;
}

}  // namespace ctl
