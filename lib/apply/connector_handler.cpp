#include "apply/connector_handler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/captured_tables.hpp"
#include "apply/connector_window.hpp"
#include "core/fault.hpp"
#include "core/text.hpp"
#include "health/connectors.hpp"
#include "plan/connector_keys.hpp"
#include "plan/connector_lint.hpp"
#include "plan/connector_publication.hpp"
#include "postgres/catalog.hpp"

namespace ctl {
namespace {

const ConnectorSpec& declared(const Desk& desk, const std::string& name) {
  const auto& files = desk.around.project.connectors;
  const auto found = std::find_if(files.begin(), files.end(), [&](const ConnectorSpec& c) { return c.name == name; });
  if (found == files.end())
    throw Error{Code::not_found, {.what = "connector " + name + " is not declared", .where = desk.around.project.folder + "/connectors"}};
  return *found;
}

/// "topic/x" -> "x", when it begins with "topic/".
std::optional<std::string> after(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size());
}

/// In `a` and not in `b`.
std::vector<TableName> without(const std::vector<TableName>& a, const std::vector<TableName>& b) {
  std::vector<TableName> rest;
  std::copy_if(a.begin(), a.end(), std::back_inserter(rest),
               [&](const TableName& t) { return std::find(b.begin(), b.end(), t) == b.end(); });
  return rest;
}

/// What does not disturb a connector that runs.
bool is_preparation(const Change& change) {
  return change.path.starts_with("role/") || change.path.starts_with("grant/") || change.path.starts_with("topic/");
}

}  // namespace

Publishing ConnectorHandler::publishing(const Step& step, const ConnectorSpec& spec) {
  Publishing tables{.publication = spec.get("publication.name", "dbz_publication")};
  for (const auto& change : step.changes) {
    if (change.path == plan::root_path(spec)) tables.via_root = true;
    if (change.path != plan::publication_path(spec)) continue;
    const auto before = table_names(change.before.value_or("")), then = table_names(change.after.value_or(""));
    tables.add = without(then, before);
    tables.drop = without(before, then);
  }
  return tables;
}

/// Nothing that is planned in PostgreSQL is left to luck once the connector stands still.
void ConnectorHandler::try_first(const Step& step, const plan::WantedConnector& wanted, const Deadline& until) const {
  Access access{.role = wanted.spec.get("database.user")};
  for (const auto& change : step.changes) {
    if (change.path.starts_with("role/")) access.make_role = true;
    if (const auto object = after(change.path, "grant/")) access.grants.push_back(*object);
  }
  const auto planned = [&](const Change& change) {  // what came up since (a table that a migration made) is the next plan's
    return std::any_of(step.changes.begin(), step.changes.end(), [&](const Change& c) { return c.path == change.path; });
  };
  const auto left = [&]() -> std::optional<std::string> {
    const auto now = health::look_at_cdc(desk_.database(), wanted.spec, until);
    auto changes = plan::publication_changes(wanted, now);
    if (const auto rights = plan::access(wanted, now)) changes.insert(changes.begin(), rights->changes.begin(), rights->changes.end());
    const auto found = std::find_if(changes.begin(), changes.end(), planned);
    return found == changes.end() ? std::nullopt : std::optional{found->path};
  };
  rehearse(desk_, access, publishing(step, wanted.spec), left, until);
}

plan::WantedConnector ConnectorHandler::wanted(const std::string& name, const Deadline& until) const {
  const auto& file = declared(desk_, name);
  if (const auto problems = plan::problems(file, plan::lint(file, {.declared = desk_.around.project.topics})); has_errors(problems))
    fail(problems);
  const bool journey = desk_.direction != Desk::Direction::none;
  const bool widened = journey ? desk_.direction == Desk::Direction::rollback : health::rolled_back(desk_.journal(), until);
  auto wanted = health::wanted_connector(desk_.around, file, widened, &desk_.database());
  wanted.state = state_;
  wanted.password_known = cdc_password(desk_.around, wanted.spec).has_value();
  wanted.tables_to_come = journey;
  if (journey)
    std::erase_if(wanted.topics,
                  [&](const TopicSpec& topic) { return desk_.around.project.topic(topic.name) != nullptr; });  // has a step of its own
  return wanted;
}

plan::SeenConnector ConnectorHandler::seen(const plan::WantedConnector& wanted, const Deadline& until) const {
  const auto& name = wanted.spec.name;
  const auto all = worker_.configs(until);
  plan::SeenConnector seen;
  if (const auto config = all.find(name); config != all.end()) {
    seen.config = config->second;
    const auto status = attempt([&] { return worker_.status(name, until); });
    if (status)
      seen.status = *status;
    else if (status.error().code() != Code::not_found)
      throw Error{status.error()};
  }
  if (!plan::is_postgres(wanted.spec)) return seen;
  for (const auto& rival : plan::rivals(wanted.spec, all)) seen.rivals.push_back(rival.key + " of connector " + rival.connector);
  seen.database = health::look_at_cdc(desk_.database(), wanted.spec, until);
  std::vector<std::string> topics;
  for (const auto& topic : wanted.topics) topics.push_back(topic.name);
  for (const auto& [topic, state] : desk_.kafka.describe(topics, until))
    if (state)
      seen.topics.insert(topic);
    else if (state.error().code() != Code::not_found)
      throw Error{state.error()};
  return seen;
}

std::optional<Step> ConnectorHandler::look(const Resource& resource, const Deadline& until) {
  const auto want = wanted(resource.name, until);
  return plan::connector(want, seen(want, until));
}

Value ConnectorHandler::before_image(const Step& step, const Deadline& until) {
  Value before, config{Value::Map{}};
  const auto running = worker_.find(step.resource.name, until);
  if (!running) return before;
  for (const auto& [key, value] : *running)
    config.set(key, plan::is_secret_key(key) && !plan::is_reference(value) ? Value{"***"} : Value{value});
  before.set("config", std::move(config));
  for (const auto& change : step.changes)
    if (change.path == "state" || change.path.starts_with("publication/"))
      before.set(change.path, change.before ? Value{*change.before} : Value{});
  return before;
}

void ConnectorHandler::prepare(const Step& step, const plan::WantedConnector& wanted, const Deadline& until, Listener& to) const {
  for (const auto& change : step.changes) {
    if (const auto role = after(change.path, "role/")) {
      const auto password = cdc_password(desk_.around, wanted.spec);
      const bool is_new = !change.before;
      make_cdc_role(desk_, *role, password && is_new ? &*password : nullptr, until);
      if (is_new && !password)
        to.note(Listener::Level::warn, fmt::format("role {} has no password yet: {} has no value here. ALTER ROLE {} PASSWORD …", *role,
                                                   wanted.spec.get("database.password"), *role));
    } else if (const auto object = after(change.path, "grant/")) {
      grant_to_cdc_role(desk_, wanted.spec.get("database.user"), *object, until);
    } else if (const auto name = after(change.path, "topic/")) {
      const auto topic = std::find_if(wanted.topics.begin(), wanted.topics.end(), [&](const TopicSpec& t) { return t.name == *name; });
      if (topic != wanted.topics.end() && !desk_.kafka.describe({&*name, 1}, until).at(*name))
        kafka::Admin{desk_.kafka}.create(*topic, until);
    }
    CTL_FAULT("connector.prepared");
  }
}

void ConnectorHandler::set_state(const plan::WantedConnector& wanted, const Deadline& until) const {
  connect::Admin admin{worker_};
  const auto& name = wanted.spec.name;
  const auto status = worker_.status(name, until);
  if (wanted.state == RunState::paused) return admin.pause(name, until);
  if (wanted.state == RunState::stopped) return admin.stop(name, until);
  if (status.failure() != nullptr) return admin.restart(name, true, until);
  if (status.state != RunState::running) admin.resume(name, until);
}

void ConnectorHandler::reconfigure(const plan::WantedConnector& wanted, const Publishing& tables, const Deadline& until,
                                   Listener& to) const {
  connect::Admin admin{worker_};
  const auto& name = wanted.spec.name;
  admin.check(name, wanted.spec.config, until);  // before it is stopped, not after
  while_stopped(worker_, name, until, to, [&](const Deadline& inside) {
    await_slot_idle(desk_, wanted.spec.get("slot.name"), inside);
    CTL_FAULT("connector.stopped");
    if (!tables.add.empty() || tables.via_root) publish(desk_, tables, inside);
    CTL_FAULT("connector.published");
    admin.put(name, wanted.spec.config, inside);
    CTL_FAULT("connector.configured");
    if (!tables.drop.empty()) unpublish(desk_, tables, inside);
    if (wanted.state == RunState::running) admin.resume(name, inside);
    if (wanted.state == RunState::paused) admin.pause(name, inside);
  });
}

void ConnectorHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  static_cast<void>(desk_.writing());
  const auto want = wanted(step.resource.name, until);
  const auto tables = publishing(step, want.spec);
  if (plan::is_postgres(want.spec)) try_first(step, want, until);
  prepare(step, want, until, to);
  if (!worker_.find(want.spec.name, until)) {
    publish(desk_, tables, until);
    if (!tables.drop.empty()) unpublish(desk_, tables, until);
    CTL_FAULT("connector.published");
    connect::Admin{worker_}.create(want.spec.name, want.spec.config, want.state, until);
  } else if (std::all_of(step.changes.begin(), step.changes.end(),
                         [](const Change& c) { return c.path == "state" || is_preparation(c); })) {
    set_state(want, until);
  } else {
    reconfigure(want, tables, until, to);
  }
  if (want.state == RunState::running) await_healthy(worker_, &desk_.database(), want.spec, until);
}

std::optional<Step> AccessHandler::look(const Resource& resource, const Deadline& until) {
  const auto want = wanted(resource.name, until);
  if (!plan::is_postgres(want.spec)) return std::nullopt;
  return plan::access(want, health::look_at_cdc(desk_.database(), want.spec, until));
}

void AccessHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  static_cast<void>(desk_.writing());
  prepare(step, wanted(step.resource.name, until), until, to);
}

void await_healthy(connect::Worker& worker, postgres::Connection* database, const ConnectorSpec& spec, const Deadline& until) {
  const bool has_slot = database != nullptr && plan::is_postgres(spec);
  constexpr int enough = 3;
  std::string seen = "nothing seen yet";
  for (int good = 0, bad = 0; good < enough;) {
    const auto status = attempt([&] { return worker.status(spec.name, until); });
    if (!status && status.error().code() != Code::not_found) throw Error{status.error()};
    const auto slot = has_slot ? postgres::slot(*database, spec.get("slot.name"), until) : std::nullopt;
    const bool runs = status && status->state == RunState::running && status->running() > 0 && status->failure() == nullptr;
    bool reads = !has_slot || (slot && slot->active);
    // A slot is read from only after the initial snapshot, which may take hours; one that fails is begun again every few seconds.
    if (runs && slot && !reads)
      reads = health::judge_offsets(worker.offsets(spec.name, until), spec.get("topic.prefix"), &*slot).snapshot == "running" &&
              !health::readers(*database, spec.get("database.user"), until).empty();
    const auto* cause = status ? status->failure() : nullptr;
    good = runs && reads ? good + 1 : 0;
    bad = cause != nullptr ? bad + 1 : 0;
    if (bad == enough)
      throw Error{Code::failed,
                  {.what = "connector " + spec.name + " FAILED", .cause = *cause, .hint = "mykartctl connector status " + spec.name}};
    if (status)
      seen = fmt::format("{}, {} of 1 tasks, slot {}", to_string(status->state), status->running(),
                         !slot          ? "absent"
                         : slot->active ? "active"
                                        : "inactive");
    if (good == enough) return;
    until.sleep(500ms);
    until.check(fmt::format("waiting until connector {} is healthy ({})", spec.name, seen));
  }
}

}  // namespace ctl
