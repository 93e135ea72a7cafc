#include "apply/schema_handler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/part_moves.hpp"
#include "apply/retire_guard.hpp"
#include "postgres/catalog.hpp"

namespace ctl {
namespace {

std::vector<postgres::Content> core_contents(const Desk& desk, const Deadline& until) {
  std::vector<postgres::Content> all;
  for (const auto& table : desk.around.project.core_tables())
    if (postgres::table(desk.database(), table, until)) all.push_back(postgres::content(desk.database(), table, "", until));
  return all;
}

bool same(const std::vector<postgres::Content>& a, const std::vector<postgres::Content>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.rows == y.rows && x.digest == y.digest; });
}

/// Views and foreign keys that hang on a table which the script moves away, and that the script does not name: they would keep showing
/// frozen rows, or block the drop later. What nobody wrote down, nobody has thought of.
std::vector<Dependent> forgotten(const Desk& desk, const Deadline& until) {
  std::vector<Dependent> unknown;
  for (const auto& declared : desk.around.project.tables)
    if (const auto located = locate(desk, declared, until); located && !located->retired)
      for (const auto& dependent : located->info.dependents)
        if (!accounted_for(desk.around.project, dependent)) unknown.push_back(dependent);
  return unknown;
}

}  // namespace

const Migration& SchemaHandler::migration(const std::string& id) const {
  for (const auto& m : desk_.around.project.migrations)
    if (m.id == id) return m;
  throw Error{Code::not_found, {.what = "there is no migration " + id, .where = desk_.around.project.folder + "/sql/migrations"}};
}

bool SchemaHandler::passes(const Migration& m, const Deadline& until) const {
  if (m.verify.empty()) return false;
  postgres::Transaction look{desk_.database(),
                             until};  // ends without a commit: a verify script changes nothing, and a failed one aborts only this
  const auto passed = attempt([&] { desk_.database().script(m.verify, m.verify_file, until); });
  if (!passed && passed.error().sqlstate().empty()) throw passed.error();  // no answer of the server: not a verdict
  return passed.has_value();
}

std::optional<Step> SchemaHandler::look(const Resource& resource, const Deadline& until) {
  const auto& m = migration(resource.name);
  const auto states = desk_.journal().migrations(until);
  const auto found = states.find(m.id);
  const bool applied = found != states.end() && found->second.state != "reverted";
  Step step{.resource = resource,
            .precondition = digest_of(std::vector<std::string>{m.id, m.digest, found == states.end() ? "" : found->second.state})};
  const bool contract = m.phase == Migration::Phase::contract;

  if (desk_.direction == Desk::Direction::rollback) {
    if (!contract || !applied) return std::nullopt;
    step.action = Action::run;
    step.risk = Risk::disruptive;
    step.summary = "revert: " + m.revert_file;
    step.why = "the tables come back as they were when they were retired";
    return step;
  }
  if (applied) {
    if (found->second.digest == m.digest) return std::nullopt;
    step.block(m.deploy_file + " was changed after it was applied",
               "put the applied text back and write a new migration for the difference");
    return step;
  }
  if (!contract && passes(m, until)) {
    step.action = Action::adopt;
    step.summary = "present: " + m.verify_file + " passes";
    return step;
  }
  step.action = contract ? Action::run : Action::create;
  step.summary = m.deploy_file;
  step.undo = m.revert.empty() ? Undo::none : Undo::exact;
  if (!contract) return step;
  step.risk = Risk::disruptive;
  if (const auto unknown = forgotten(desk_, until); !unknown.empty()) {
    step.block(fmt::format("{} {} (owner {}) depends on a table that {} moves, and the file does not name it", unknown.front().kind,
                           unknown.front().name, unknown.front().owner, m.deploy_file),
               fmt::format("move it along in {} and {}, or drop it", m.deploy_file, m.revert_file));
  }
  for (const auto& declared : desk_.around.project.tables)
    if (const auto located = locate(desk_, declared, until); located && !located->retired)
      if (const auto lacking = unmoved_parts(desk_.around.project, *located); !lacking.empty())
        step.block(fmt::format("{} is moved without its partitions", to_string(declared.table)), "add to " + lacking.front());
  return step;
}

Value SchemaHandler::before_image(const Step& step, const Deadline& until) {
  Value core{Value::List{}};
  const auto tables = desk_.around.project.core_tables();
  for (const auto& table : tables)
    if (postgres::table(desk_.database(), table, until)) {
      const auto content = postgres::content(desk_.database(), table, "", until);
      core.push(Value{}.set("table", to_string(table)).set("rows", content.rows).set("digest", content.digest));
    }
  return Value{}.set("migration", step.resource.name).set("core", std::move(core));
}

void SchemaHandler::run(const std::string& script, const std::string& file, const std::function<void()>& first,
                        const std::function<void()>& then, const Deadline& until) const {
  with_short_locks(desk_, file, until, [&] {
    postgres::Transaction transaction{desk_.database(), until};
    desk_.database().query("set transaction isolation level repeatable read", until);  // the proof compares the same rows on both sides
    first();
    const auto before = core_contents(desk_, until);
    const auto placed = places(desk_, until);
    desk_.database().script(script, file, until);
    need_moved_together(placed, places(desk_, placed, until), file);
    const auto after = core_contents(desk_, until);
    if (!before.empty() && !same(before, after))
      throw Error{
          Code::mismatch,
          {.what = file + " changes rows of core tables; it was rolled back", .hint = "core tables are untouched by deploy and rollback"}};
    then();
    transaction.commit(until);
  });
}

void SchemaHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  auto& journal = desk_.writing().journal();
  const auto& m = migration(step.resource.name);
  const auto record = [&](std::string_view state) {
    journal.record({.id = m.id, .digest = m.digest, .state = std::string{state}, .by = desk_.around.who, .at = now()}, desk_.writing().id(),
                   until);
  };
  if (step.action == Action::adopt) return record("adopted");
  if (desk_.direction == Desk::Direction::rollback)
    return run(
        m.revert, m.revert_file, [] {}, [&] { record("reverted"); }, until);

  const auto verify_and_record = [&] {
    if (!m.verify.empty()) desk_.database().script(m.verify, m.verify_file, until);
    record("applied");
  };
  const bool contract = m.phase == Migration::Phase::contract;
  const auto in_use = contract ? check_before_retiring(desk_, m.id, to, until) : std::vector<TableName>{};
  if (!m.transactional && !in_use.empty())
    throw Error{Code::refused,
                {.what = fmt::format("{} is not run: without a transaction nothing keeps rows from coming after the last count", m.id),
                 .where = m.deploy_file,
                 .hint = "take -- no-transaction out of " + m.deploy_file}};
  const auto first = [&] { check_under_lock(desk_, m.id, in_use, until); };
  if (m.transactional) return run(m.deploy, m.deploy_file, first, verify_and_record, until);
  desk_.database().script(m.deploy, m.deploy_file, until);
  verify_and_record();
}

}  // namespace ctl
