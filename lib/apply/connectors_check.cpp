#include <fmt/format.h>

#include <algorithm>

#include "apply/connectors.hpp"
#include "core/text.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_lint.hpp"
#include "plan/connector_topics.hpp"
#include "postgres/catalog.hpp"

namespace ctl {
namespace {

using plan::Finding;

/// What the plugin says, put next to what it may not know: which key of ours it comes from.
void ask_plugin(Sources& from, const plan::WantedConnector& wanted, std::vector<Finding>& findings, const Deadline& until) {
  const auto password = wanted.spec.get("database.password");
  for (const auto& [key, complaints] : from.worker.validate(wanted.spec.name, wanted.spec.config, until))
    for (const auto& complaint : complaints) {
      // Debezium puts every failure to connect under database.hostname, and an unset variable or provider reaches PostgreSQL as the
      // password itself.
      const bool login = complaint.find("password authentication failed") != std::string::npos;
      if (login && plan::is_reference(password))
        findings.push_back(
            {"database.password", "plugin",
             fmt::format("{}: {} has another value on the worker, none, or config.providers is not set there", complaint, password),
             "config.providers=env,file in the worker's properties, and the variable in its environment", Severity::error});
      else
        findings.push_back({key, "plugin", complaint, "", Severity::error});
    }
}

void ask_database(Sources& from, const plan::WantedConnector& wanted, std::vector<Finding>& findings, const Deadline& until) {
  plan::SeenConnector seen;
  const auto all = from.worker.configs(until);
  if (const auto config = all.find(wanted.spec.name); config != all.end()) seen.config = config->second;
  for (const auto& rival : plan::rivals(wanted.spec, all)) seen.rivals.push_back(rival.key + " of connector " + rival.connector);
  seen.database = health::look_at_cdc(from.database(), wanted.spec, until);
  for (const auto& obstacle : plan::obstacles(wanted, seen))
    findings.push_back({"", "blocked", obstacle.why, obstacle.remedy, Severity::error});
}

}  // namespace

ConnectorFindings connector_validate(Sources& from, const ConnectorSpec& file, bool offline, const Deadline& until) {
  std::string version;
  if (!offline)
    for (const auto& plugin : from.worker.plugins(until))
      if (plugin.name == file.get("connector.class")) version = plugin.version;
  auto findings = plan::lint(file, {.declared = from.around.project.topics, .plugin_version = version});
  if (!offline) {
    const auto wanted = health::wanted_connector(from.around, file, health::rolled_back(from.journal(), until), &from.database());
    if (version.empty())
      findings.push_back({"connector.class", "plugin", "the worker does not have this plugin", "", Severity::error});
    else
      ask_plugin(from, wanted, findings, until);
    if (plan::is_postgres(file)) ask_database(from, wanted, findings, until);
  }

  ConnectorFindings answer{.report = {.kind = "connector_validate"}};
  Value list{Value::List{}};
  Table table{.head = {"KEY", "SEVERITY", "RULE", "MESSAGE", "FIX"}};
  for (const auto& finding : findings) {
    const bool is_error = finding.severity == Severity::error;
    answer.good = answer.good && !is_error;
    Value one;
    one.set("key", finding.key).set("severity", to_string(finding.severity)).set("rule", finding.rule).set("message", finding.message);
    list.push(std::move(one.set("fix", finding.fix.empty() ? Value{} : Value{finding.fix})));
    table.rows.push_back({{finding.key.empty() ? "-" : finding.key},
                          {std::string{to_string(finding.severity)}, is_error ? Style::bad : Style::warn},
                          {finding.rule},
                          {finding.message},
                          {finding.fix}});
  }
  answer.report.data.set("connector", file.name)
      .set("file", file.file)
      .set("plugin_version", version.empty() ? Value{} : Value{version})
      .set("findings", std::move(list));
  if (table.rows.empty())
    answer.report.line(
        fmt::format("{}: no findings{}", file.name, offline ? " (offline: neither the worker nor PostgreSQL was asked)" : ""), Style::good);
  else
    answer.report.blocks.emplace_back(std::move(table));
  return answer;
}

Report connector_plan_report(const Surroundings& around, const Plan& plan, const postgres::Connection* database) {
  auto report = ctl::report(plan);
  Value topics{Value::List{}};
  Table changes{.head = {"#", "ACTION", "RESOURCE", "KEY", "BEFORE", "AFTER", "RISK", "UNDO"}, .right = {0}},
      routes{.head = {"TABLE", "TOPIC"}};
  for (const auto& step : plan.steps) {
    if (step.resource.kind != Kind::connector) continue;
    for (const auto& change : step.changes) {
      const auto slash = change.path.find('/');
      const auto shown = [&](const std::optional<std::string>& text) {
        return change.sensitive && text ? std::string{"***"} : text.value_or("-");
      };
      changes.rows.push_back(
          {{fmt::to_string(changes.rows.size() + 1)},
           {change.before ? change.after ? "update" : "remove" : "create"},
           {slash == std::string::npos || change.path.starts_with("config.") ? "connector" : change.path.substr(0, slash)},
           {slash == std::string::npos || change.path.starts_with("config.") ? change.path : change.path.substr(slash + 1)},
           {shown(change.before)},
           {shown(change.after)},
           {std::string{to_string(step.risk)}},
           {std::string{to_string(step.undo)}}});
    }
    const auto file = std::find_if(around.project.connectors.begin(), around.project.connectors.end(),
                                   [&](const ConnectorSpec& c) { return c.name == step.resource.name; });
    if (file == around.project.connectors.end()) continue;
    const auto resolved = attempt([&] { return health::wanted_connector(around, *file, false, database); });
    const auto& spec = resolved ? resolved->spec : *file;
    for (const auto& table : spec.tables()) {
      const auto topic = plan::topic_of(spec, table);
      Value one;
      topics.push(std::move(one.set("table", to_string(table)).set("topic", topic ? Value{*topic} : Value{})));
      routes.rows.push_back({{to_string(table)}, {topic.value_or("?")}});
    }
  }
  report.data.set("topics", std::move(topics));
  if (!changes.rows.empty()) report.blocks.insert(report.blocks.begin(), {std::move(changes), std::move(routes)});
  return report;
}

}  // namespace ctl
