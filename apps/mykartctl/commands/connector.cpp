#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apply/connectors.hpp"
#include "choose.hpp"
#include "confirm.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

/// The connectors that are meant: those in the files of -f, else those of the project; of these the ones that were named.
std::vector<ConnectorSpec> chosen_connectors(Session& session) {
  session.read_connector_files();
  std::vector<std::string> declared;
  for (const auto& connector : session.project().connectors) declared.push_back(connector.name);
  const auto names = chosen(session.arguments().names, declared, "connector");
  std::vector<ConnectorSpec> all;
  for (const auto& connector : session.project().connectors)
    if (std::find(names.begin(), names.end(), connector.name) != names.end()) all.push_back(connector);
  return all;
}

/// Findings of every chosen connector; the JSON has one list, each finding with its connector.
Answer findings(Session& session, bool offline) {
  Sources sources{session.around(), session.deadline()};
  Answer answer{.report = {.kind = "connector_validate"}};
  Value connectors{Value::List{}};
  bool good = true;
  for (const auto& spec : chosen_connectors(session)) {
    auto found = ctl::connector_validate(sources, spec, offline, session.deadline());
    good = good && found.good;
    connectors.push(std::move(found.report.data));
    if (!answer.report.blocks.empty()) answer.report.line("");
    std::move(found.report.blocks.begin(), found.report.blocks.end(), std::back_inserter(answer.report.blocks));
  }
  answer.report.data.set("connectors", std::move(connectors));
  answer.report.ok = good;
  answer.exit = good ? Exit::done : Exit::manifest;
  return answer;
}

Job job_of(Session& session) {
  Job job{.command = "connector apply", .report = connector_plan_report};
  for (const auto& connector : chosen_connectors(session)) job.order.push_back({"connector", {Kind::connector, connector.name}});
  return job;
}

/// A file that does harm is shown with every finding instead of being planned.
Answer judged(Session& session, Answer (*then)(Session&, const Job&)) {
  const auto job = job_of(session);
  auto found = findings(session, true);
  return found.exit == Exit::done ? then(session, job) : std::move(found);
}

Answer list(Session& session) {
  Sources sources{session.around(), session.deadline()};
  return {health::connectors_list(sources, session.deadline())};
}

Answer status(Session& session) {
  Sources sources{session.around(), session.deadline()};
  const auto& typed = session.arguments();
  const auto polls = static_cast<int>(std::clamp<std::int64_t>(typed.count("polls").value_or(3), 1, 100));
  const auto all = health::look_at_connectors(sources, typed.names, {.polls = polls}, session.deadline());
  auto report = health::connectors_report(all, !typed.names.empty());
  report.ok = true;
  for (const auto& sights : all.connectors) {
    if (sights.declared == nullptr && sights.config && !*sights.config)
      throw Error{Code::not_found, {.what = "there is no connector " + sights.name, .hint = "mykartctl connector list"}};
    const auto good = health::judge(sights).good();
    if (good == false || report.ok == true) report.ok = good;
  }
  const auto exit = report.ok == true ? Exit::done : Exit::not_good;
  return {std::move(report), exit};
}

Answer plan(Session& session) { return judged(session, only_plan); }
Answer apply(Session& session) { return judged(session, carry_out); }
Answer validate(Session& session) { return findings(session, session.arguments().has("offline")); }

/// A step of disruptive risk that is no resource of the manifest, for the question.
Plan plan_of(const Surroundings& around, const std::string& name, std::string why, Risk risk, Action action) {
  Plan plan{.target = "connector", .context = around.context};
  plan.steps.push_back({.resource = {Kind::connector, name},
                        .action = action,
                        .summary = why,
                        .risk = risk,
                        .undo = risk == Risk::destructive ? Undo::none : Undo::exact,
                        .why = std::move(why)});
  return plan;
}

/// Shows what it would do and asks, unless it is a dry run; true if it shall be done.
bool agreed(Session& session, const Plan& plan, const Report& shown) {
  if (session.arguments().has("dry-run")) return false;
  confirm(session, plan, shown);
  return true;
}

Answer restart(Session& session) {
  const auto& typed = session.arguments();
  const auto task = typed.count("task");
  const auto plan = plan_of(session.around(), typed.names[0], typed.has("only-failed") ? "restart what has failed" : "restart",
                            Risk::disruptive, Action::run);
  if (!agreed(session, plan, report(plan))) return {report(plan)};
  Sources sources{session.around(), session.deadline()};
  return {ctl::connector_restart(sources, typed.names[0], typed.has("only-failed"),
                                 task ? std::optional{static_cast<int>(*task)} : std::nullopt, session.deadline())};
}

template <RunState state>
Answer set_state(Session& session) {
  const auto& name = session.arguments().names[0];
  constexpr auto why = state == RunState::paused    ? "pause; its slot holds WAL meanwhile"
                       : state == RunState::stopped ? "stop; its slot is inactive and holds WAL"
                                                    : "resume";
  const auto plan = plan_of(session.around(), name, why, state == RunState::running ? Risk::safe : Risk::disruptive, Action::run);
  if (!agreed(session, plan, report(plan))) return {report(plan)};
  Sources sources{session.around(), session.deadline()};
  return {connector_set_state(sources, name, state, session.deadline())};
}

Answer remove(Session& session) {
  const auto& typed = session.arguments();
  const auto& name = typed.names[0];
  if (typed.has("keep-slot") == typed.has("drop-slot"))
    throw Error{Code::usage,
                {.what = "connector delete needs one of --keep-slot and --drop-slot",
                 .hint = "--keep-slot holds WAL until somebody drops it; --drop-slot loses the position in the log"}};
  const DeleteConnector how{
      .drop_slot = typed.has("drop-slot"), .drop_publication = typed.has("drop-publication"), .drop_offsets = typed.has("drop-offsets")};
  const auto& around = session.around();
  Sources sources{around, session.deadline()};
  const Desk looking{.around = around, .kafka = sources.kafka, .session = &sources.database(), .book = &sources.journal()};
  Report shown{.kind = "plan"};
  Value removals{Value::List{}};
  Table table{.head = {"#", "ACTION", "RESOURCE"}, .right = {0}};
  for (const auto& removal : connector_removal(looking, sources.worker, name, how, session.deadline())) {
    table.rows.push_back({{fmt::format("{}", table.rows.size() + 1)}, {removal.action, Style::bad}, {removal.resource}});
    Value one;
    removals.push(one.set("action", removal.action).set("resource", removal.resource));
  }
  shown.data.set("target", "connector").set("removals", std::move(removals));
  shown.blocks.emplace_back(std::move(table));
  const auto plan = plan_of(around, name, "delete", Risk::destructive, Action::remove);
  if (!agreed(session, plan, shown)) return {std::move(shown)};

  WritingRun run{around, "connector delete", "", plan, session.deadline()};
  const Desk desk{.around = around, .kafka = sources.kafka, .session = &run.database(), .book = &run.journal(), .run = &run};
  auto report = ctl::connector_delete(desk, sources.worker, name, how, session.deadline());
  run.end("done", "");
  return {std::move(report)};
}

constexpr std::string_view ask = "dry-run yes confirm";

constexpr std::array commands{
    Command{.path = "connector list",
            .summary = "the connectors of the worker, and those that no worker runs",
            .examples = "mykartctl connector list",
            .exits = "0",
            .timeout = 10s,
            .run = list},
    Command{.path = "connector status",
            .names = "[NAME]",
            .summary = "connector, task, tables, slot and offsets, judged together",
            .details =
                "A connector is healthy when its config is the declared one, it and its task were RUNNING in every look, its slot is "
                "active and moves, its initial snapshot has ended, and the publication has the captured tables whole: every row, "
                "column and operation, under the declared names. The PostgreSQL connector always has one task, however many tables "
                "it captures.",
            .options = "polls",
            .examples = "mykartctl connector status\n"
                        "mykartctl connector status mykart-postgres-debezium-connector -o json",
            .exits = "0 4",
            .timeout = 30s,
            .run = status},
    Command{.path = "connector plan",
            .names = "[NAME]",
            .summary = "what differs from the file: role, grants, publication, topics, config",
            .options = "file out exit-code",
            .examples = "mykartctl connector plan\n"
                        "mykartctl connector plan -f connectors/mykart-postgres-connector.json --exit-code",
            .exits = "0 2 65",
            .timeout = 30s,
            .run = plan},
    Command{.path = "connector apply",
            .names = "[NAME]",
            .summary = "brings connectors to their files, in place",
            .details = "Never deletes and creates again: the position in the log would be lost. What PostgreSQL is asked for is tried "
                       "before anything is "
                       "stopped, and a connector that was stopped is taken up again when the change fails. Returns when the connector is "
                       "healthy. A file "
                       "with an error in it is answered with every finding, exit 65.",
            .options = "file plan dry-run yes confirm",
            .examples = "mykartctl connector apply\n"
                        "mykartctl connector apply -f connectors/mykart-postgres-connector.json --yes",
            .exits = "0 3 5 65",
            .timeout = 3min,
            .run = apply},
    Command{.path = "connector validate",
            .names = "[NAME]",
            .summary = "judges a connector's file, with the worker and PostgreSQL",
            .options = "file offline",
            .examples = "mykartctl connector validate\n"
                        "mykartctl connector validate -f connectors/mykart-postgres-connector.json --offline  # asks no server",
            .exits = "0 65",
            .timeout = 30s,
            .run = validate},
    Command{.path = "connector restart",
            .names = "NAME",
            .summary = "restarts a connector and its task",
            .options = "only-failed task dry-run yes confirm",
            .examples = "mykartctl connector restart mykart-postgres-debezium-connector --only-failed",
            .exits = "0 5",
            .timeout = 3min,
            .run = restart},
    Command{.path = "connector pause",
            .names = "NAME",
            .summary = "pauses it; its slot stays and holds WAL meanwhile",
            .options = ask,
            .examples = "mykartctl connector pause mykart-postgres-debezium-connector",
            .exits = "0 5",
            .timeout = 3min,
            .run = set_state<RunState::paused>},
    Command{.path = "connector resume",
            .names = "NAME",
            .summary = "lets it run again",
            .options = ask,
            .examples = "mykartctl connector resume mykart-postgres-debezium-connector --yes",
            .exits = "0 5",
            .timeout = 3min,
            .run = set_state<RunState::running>},
    Command{.path = "connector stop",
            .names = "NAME",
            .summary = "stops it: no task runs; its slot is inactive and holds WAL",
            .options = ask,
            .examples = "mykartctl connector stop mykart-postgres-debezium-connector",
            .exits = "0 5",
            .timeout = 3min,
            .run = set_state<RunState::stopped>},
    Command{.path = "connector delete",
            .names = "NAME",
            .summary = "deletes a connector, and says what becomes of its slot",
            .details =
                "One of --keep-slot and --drop-slot has to be given. The publication goes only together with the slot. A slot of another "
                "database, plugin or kind is never dropped.",
            .options = "keep-slot drop-slot drop-publication drop-offsets dry-run yes allow-destructive confirm",
            .examples = "mykartctl connector delete mykart-postgres-debezium-connector --keep-slot\n"
                        "mykartctl connector delete mykart-postgres-debezium-connector --drop-slot --drop-publication --dry-run",
            .exits = "0 5",
            .timeout = 3min,
            .run = remove},
};

}  // namespace

std::span<const Command> connector_commands() noexcept { return commands; }

}  // namespace ctl::cli
