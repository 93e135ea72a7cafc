#include "apply/gate_handler.hpp"

#include <fmt/format.h>

#include "apply/part_moves.hpp"
#include "health/checks.hpp"
#include "transfer/transfer.hpp"

namespace ctl {

/// Tables that still take writes, where they were declared; while a first deploy is planned, also those that a migration will make.
std::vector<EventTable> GateHandler::to_fence(const Deadline& until) const {
  std::vector<EventTable> found;
  const bool gone = contracted(desk_, until);
  for (const auto& declared : desk_.around.project.tables)
    if (const auto located = locate(desk_, declared, until); located ? !located->retired && !located->fenced : !gone)
      found.push_back(declared);
  return found;
}

/// Tables with any trace of a fence: while a rollback is planned they are still retired, when its turn comes they are back.
std::vector<EventTable> GateHandler::to_unfence(const Deadline& until) const {
  std::vector<EventTable> found;
  for (const auto& declared : desk_.around.project.tables)
    if (const auto located = locate(desk_, declared, until); located && postgres::any_fence(located->parts)) found.push_back(declared);
  return found;
}

/// Nobody writes past it: judged by what stands on every part, not by what was done.
void GateHandler::need_fence(const EventTable& declared, const Deadline& until) const {
  const auto located = locate(desk_, declared, until);
  if (!located || located->fenced) return;
  throw Error{Code::mismatch,
              {.what = fmt::format("{} is not fenced", to_string(declared.table)),
               .cause = postgres::fence_hole(located->parts),
               .hint = "mykartctl deploy (again): what is missing is added"}};
}

std::optional<Step> GateHandler::look(const Resource& resource, const Deadline& until) {
  const bool rollback = desk_.direction == Desk::Direction::rollback;
  Step step{.resource = resource, .action = Action::run};
  if (resource.name == writers_gone) {
    if (!rollback && to_fence(until).empty()) return std::nullopt;  // all fenced or retired: decided in an earlier run
    writers_ = rollback ? watch_.topics(desk_.kafka, until) : watch_.tables(desk_.database(), desk_.kafka, until);
    if (writers_.gone) return std::nullopt;
    if (!writers_.remedy.empty()) {
      step.block(writers_.why, writers_.remedy);
      return step;
    }
    step.action = Action::wait;
    step.why = writers_.why;
    return step;
  }
  const auto todo = resource.name == fence ? to_fence(until) : to_unfence(until);
  if (todo.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& table : todo) names.push_back(table.table.name);
  step.precondition = digest_of(names);
  step.summary = join(names, ", ");
  step.risk = resource.name == fence ? Risk::disruptive : Risk::safe;
  step.why = resource.name == fence ? "the tables refuse writes from here on; what came last is moved and compared"
                                    : "the tables take writes again";
  return step;
}

/// What would fail after the fence fails before it. A run that ends before the retirement is told of it.
void GateHandler::try_retirement(const Deadline& until) const {
  const auto tried = attempt([&] { rehearse_retirement(desk_, until); });
  if (tried) return;
  if (retires_ || tried.error().code() != Code::refused) throw Error{tried.error()};
  desk_.around.listener.note(Listener::Level::warn, "the tables are fenced, and cannot be retired: " + health::one_line(tried.error()));
}

void GateHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  auto& run = desk_.writing();
  const bool fencing = step.resource.name == fence;
  const auto todo = fencing ? to_fence(until) : to_unfence(until);
  if (fencing) try_retirement(until);
  with_short_locks(desk_, step.resource.name, until, [&] {
    postgres::Transaction transaction{desk_.database(), until};
    for (const auto& declared : todo) {
      const auto located = locate(desk_, declared, until);
      if (!located) throw Error{Code::not_found, {.what = "table " + to_string(declared.table) + " is gone"}};
      const auto& now = located->info.table;
      if (fencing) {
        postgres::put_fence(desk_.database(), now, declared.table, until);
        need_fence(declared, until);
        run.journal().unseal(to_string(declared.table), "deploy", until);  // it was proved while something could still write
      } else {
        postgres::take_fence(desk_.database(), now, declared.table, until);
      }
    }
    for (const auto& table : desk_.around.project.tables)  // what was proved in the other direction holds no longer
      run.journal().unseal(to_string(table.table), fencing ? "rollback" : "deploy", until);
    transaction.commit(until);
  });
  if (!fencing) return;
  for (const auto& table : desk_.around.project.tables)
    if (const auto located = locate(desk_, table, until); located && !located->retired) {
      transfer::Mover mover{desk_.around.database, desk_.around.kafka, table, {}, to};
      static_cast<void>(mover.catch_up(until));
      until.check("moving the last rows of " + to_string(table.table));
    }
}

}  // namespace ctl
