#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apply/connectors.hpp"
#include "confirm.hpp"
#include "core/text.hpp"
#include "health/views.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

/// Those of `declared` that were named, all without a name. Error{usage} with a suggestion for one that is not declared.
std::vector<std::string> chosen(const Session& session, const std::vector<std::string>& declared, std::string_view what) {
  const auto& names = session.arguments().names;
  for (const auto& name : names)
    if (std::find(declared.begin(), declared.end(), name) == declared.end()) {
      const auto near = nearest(name, declared);
      throw Error{Code::usage, {.what = fmt::format("no {} {} is declared", what, name), .hint = near ? "did you mean " + *near + "?" : "declared are: " + join(declared, ", ")}};
    }
  return names.empty() ? declared : names;
}

Job schema_job(Session& session) {
  Job job{.command = "schema"};
  const auto last = session.arguments().text("to");
  for (const auto& m : session.project().migrations)
    if (m.phase == Migration::Phase::expand && (!last || m.id.substr(0, last->size()) <= *last)) job.order.push_back({"schema", {Kind::schema, m.id}});
  return job;
}

Job topics_job(Session& session) {
  std::vector<std::string> declared;
  for (const auto& topic : session.project().topics) declared.push_back(topic.name);
  Job job{.command = "topics"};
  for (const auto& name : chosen(session, declared, "topic")) job.order.push_back({"topics", {Kind::topic, name}});
  return job;
}

std::vector<std::string> connector_names(const Project& project) {
  std::vector<std::string> names;
  for (const auto& connector : project.connectors) names.push_back(connector.name);
  return names;
}

Job connector_job(Session& session) {
  Job job{.command = "connector", .report = connector_plan_report};
  for (const auto& name : chosen(session, connector_names(session.project()), "connector")) job.order.push_back({"connector", {Kind::connector, name}});
  return job;
}

Answer schema_status(Session& session) {
  Sources sources{session.around(), session.deadline()};
  return {health::schema_status(sources, session.deadline())};
}
Answer schema_plan(Session& session) { return only_plan(session, schema_job(session)); }
Answer schema_apply(Session& session) {
  auto answer = carry_out(session, schema_job(session));
  answer.report.line("expand only; topics and CDC rights: mykartctl deploy --until topics", Style::faint);
  return answer;
}
Answer topics_plan(Session& session) { return only_plan(session, topics_job(session)); }
Answer topics_apply(Session& session) { return carry_out(session, topics_job(session)); }
Answer connector_plan(Session& session) { return only_plan(session, connector_job(session)); }
Answer connector_apply(Session& session) { return carry_out(session, connector_job(session)); }

Answer connector_list(Session& session) {
  Sources sources{session.around(), session.deadline()};
  return {health::connectors_list(sources, session.deadline())};
}

Answer connector_status(Session& session) {
  Sources sources{session.around(), session.deadline()};
  const auto& typed = session.arguments();
  const auto all = health::look_at_connectors(sources, typed.names, {.polls = static_cast<int>(typed.count("polls").value_or(3)), .unmanaged = true}, session.deadline());
  auto report = health::connectors_report(all, !typed.names.empty());
  std::optional<bool> good = true;
  for (const auto& sights : all.connectors) {
    const auto one = health::judge(sights).good();
    if (one != true && good != std::optional{false}) good = one;
  }
  report.ok = good;
  return {std::move(report), good == true ? Exit::done : Exit::not_good};
}

Answer connector_validate(Session& session) {
  Sources sources{session.around(), session.deadline()};
  Answer answer;
  bool good = true;
  for (const auto& name : chosen(session, connector_names(session.project()), "connector"))
    for (const auto& spec : session.project().connectors) {
      if (spec.name != name) continue;
      auto findings = ctl::connector_validate(sources, spec, session.arguments().has("offline"), session.deadline());
      good = good && findings.good;
      if (answer.report.kind.empty()) answer.report = std::move(findings.report);
      else std::move(findings.report.blocks.begin(), findings.report.blocks.end(), std::back_inserter(answer.report.blocks));
    }
  answer.report.ok = good;
  answer.exit = good ? Exit::done : Exit::manifest;
  return answer;
}

Answer connector_restart(Session& session) {
  Sources sources{session.around(), session.deadline()};
  const auto& typed = session.arguments();
  const auto task = typed.count("task");
  return {ctl::connector_restart(sources, typed.names[0], typed.has("only-failed"), task ? std::optional{static_cast<int>(*task)} : std::nullopt, session.deadline())};
}

template <RunState state> Answer connector_set(Session& session) {
  Sources sources{session.around(), session.deadline()};
  return {connector_set_state(sources, session.arguments().names[0], state, session.deadline())};
}

Answer connector_delete(Session& session) {
  const auto& typed = session.arguments();
  const auto& name = typed.names[0];
  if (typed.has("keep-slot") == typed.has("drop-slot"))
    throw Error{Code::usage, {.what = "connector delete needs one of --keep-slot and --drop-slot", .hint = "a slot that is kept holds WAL without end; one that is dropped loses its position"}};
  const DeleteConnector how{.drop_slot = typed.has("drop-slot"), .drop_publication = typed.has("drop-publication"), .drop_offsets = typed.has("drop-offsets")};
  const auto& around = session.around();
  Sources sources{around, session.deadline()};
  const Desk looking{.around = around, .kafka = sources.kafka, .session = &sources.database(), .book = &sources.journal()};
  Plan plan{.target = "connector", .context = around.context};
  Report shown{};
  Table table{.head = {"#", "ACTION", "RESOURCE"}, .right = {0}};
  for (const auto& removal : connector_removal(looking, sources.worker, name, how, session.deadline()))
    table.rows.push_back({{fmt::format("{}", table.rows.size() + 1)}, {removal.action, Style::bad}, {removal.resource}});
  shown.blocks.emplace_back(std::move(table));
  plan.steps.push_back({.resource = {Kind::connector, name}, .action = Action::remove, .risk = Risk::destructive, .undo = Undo::none});
  confirm(session, plan, shown);
  WritingRun run{around, "connector delete", "", plan, session.deadline()};
  const Desk desk{.around = around, .kafka = sources.kafka, .session = &run.database(), .book = &run.journal(), .run = &run};
  auto report = ctl::connector_delete(desk, sources.worker, name, how, session.deadline());
  run.end("done", "");
  return {std::move(report)};
}

constexpr std::string_view plan_options = "out exit-code", apply_options = "plan yes dry-run exit-code allow-destructive confirm";

constexpr std::array commands{
    Command{.path = "schema status", .summary = "migrations and tables", .examples = "mykartctl schema status", .exits = "0", .timeout = 10s, .run = schema_status},
    Command{.path = "schema plan", .summary = "migrations that would be run or adopted", .options = "to=NNNN out exit-code", .examples = "mykartctl schema plan", .exits = "0 2", .timeout = 30s, .run = schema_plan},
    Command{.path = "schema apply",
            .summary = "run the expand migrations",
            .details = "Retiring and dropping tables belong to deploy and finalize.",
            .options = "to=NNNN plan yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl schema apply --yes",
            .exits = "0 3 5",
            .timeout = 3min,
            .run = schema_apply},
    Command{.path = "topics plan", .names = "[TOPIC…]", .summary = "what differs from topics.yaml", .options = plan_options, .examples = "mykartctl topics plan --exit-code", .exits = "0 2", .timeout = 30s, .run = topics_plan},
    Command{.path = "topics apply",
            .names = "[TOPIC…]",
            .summary = "create topics and bring their configs to topics.yaml",
            .details = "Never deletes a topic and never touches a config that topics.yaml does not name.",
            .options = apply_options,
            .examples = "mykartctl topics apply\nmykartctl topics apply mykart.clicks --yes",
            .exits = "0 3 5",
            .timeout = 3min,
            .run = topics_apply},
    Command{.path = "connector list", .summary = "connectors of the worker", .examples = "mykartctl connector list", .exits = "0", .timeout = 10s, .run = connector_list},
    Command{.path = "connector status",
            .names = "[NAME]",
            .summary = "connector, task, tables, slot and offsets together",
            .options = "polls",
            .examples = "mykartctl connector status\nmykartctl connector status mykart-postgres-debezium-connector",
            .exits = "0 4",
            .timeout = 30s,
            .run = connector_status},
    Command{.path = "connector plan", .names = "[NAME]", .summary = "what differs: role, grants, publication, topics, config", .options = plan_options, .examples = "mykartctl connector plan", .exits = "0 2", .timeout = 30s, .run = connector_plan},
    Command{.path = "connector apply",
            .names = "[NAME]",
            .summary = "bring connectors to their files, in place",
            .details = "Never deletes and creates again: the position in the log would be lost. Ends when the connector is healthy.",
            .options = apply_options,
            .examples = "mykartctl connector apply --yes",
            .exits = "0 3 5",
            .timeout = 3min,
            .run = connector_apply},
    Command{.path = "connector validate", .names = "[NAME]", .summary = "judge a connector's file, with the worker and PostgreSQL", .options = "offline", .examples = "mykartctl connector validate\nmykartctl connector validate --offline  # asks no server", .exits = "0 65", .timeout = 30s, .run = connector_validate},
    Command{.path = "connector restart", .names = "NAME", .summary = "restart a connector and its task", .options = "only-failed task", .examples = "mykartctl connector restart mykart-postgres-debezium-connector --only-failed", .exits = "0 5", .timeout = 3min, .run = connector_restart},
    Command{.path = "connector pause", .names = "NAME", .summary = "pause; its slot holds WAL meanwhile", .examples = "mykartctl connector pause mykart-postgres-debezium-connector", .exits = "0 5", .timeout = 3min, .run = connector_set<RunState::paused>},
    Command{.path = "connector resume", .names = "NAME", .summary = "let it run again", .examples = "mykartctl connector resume mykart-postgres-debezium-connector", .exits = "0 5", .timeout = 3min, .run = connector_set<RunState::running>},
    Command{.path = "connector stop", .names = "NAME", .summary = "stop; its slot is left inactive and holds WAL", .examples = "mykartctl connector stop mykart-postgres-debezium-connector", .exits = "0 5", .timeout = 3min, .run = connector_set<RunState::stopped>},
    Command{.path = "connector delete",
            .names = "NAME",
            .summary = "delete a connector and say what becomes of its slot",
            .options = "keep-slot drop-slot drop-publication drop-offsets yes allow-destructive confirm",
            .examples = "mykartctl connector delete mykart-postgres-debezium-connector --drop-slot --drop-publication",
            .exits = "0 5",
            .timeout = 3min,
            .run = connector_delete},
};

}  // namespace

std::span<const Command> resource_commands() noexcept { return commands; }

}  // namespace ctl::cli
