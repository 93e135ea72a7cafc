#include "job.hpp"

#include <fmt/format.h>

#include "confirm.hpp"
#include "core/file.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

WorkOptions options(const Session& session, const Job& job) {
  const auto& typed = session.arguments();
  WorkOptions options{.operators_word = typed.has("writers-gone"),
                      .wait = typed.has("wait"),
                      .no_lock = typed.has("no-lock"),
                      .follow = typed.has("follow")};
  options.data.rate = typed.count("rate").value_or(0);
  options.data.max_dead = static_cast<std::uint64_t>(typed.count("max-dead-letters").value_or(1000));
  options.data.accept_loss = static_cast<std::uint64_t>(typed.count("accept-loss").value_or(0));
  options.data.holes = job.holes;
  options.data.adopt = typed.has("adopt");
  return options;
}

Report report_of(const Job& job, const Surroundings& around, const Plan& plan) {
  return job.report != nullptr ? job.report(around, plan, nullptr) : report(plan);
}

/// Looking again has to give the saved plan.
void need_saved(const Plan& saved, const Plan& fresh) {
  if (saved.target != fresh.target)
    throw Error{Code::refused, {.what = fmt::format("the saved plan is for {}, not for {}", saved.target, fresh.target)}};
  need_same(saved, fresh);
}

Plan look(Session& session, const Job& job) {
  Work work{session.around(), job.command, job.direction, job.order, options(session, job), session.deadline()};
  auto plan = work.plan(session.deadline());
  plan.until = until_of(session);
  return plan;
}

Answer shown(Session& session, const Job& job, const Plan& plan) {
  return {report_of(job, session.around(), plan), session.arguments().has("exit-code") && !plan.steps.empty() ? Exit::changes : Exit::done};
}

Exit exit_of(const WorkResult& result) {
  switch (result.end) {
    case Outcome::End::done: return Exit::done;
    case Outcome::End::waiting: return Exit::waiting;
    case Outcome::End::blocked: return Exit::refused;
  }
  return Exit::internal;
}

}  // namespace

std::optional<Plan> saved_plan(const Session& session) {
  const auto file = session.arguments().text("plan");
  if (!file) return std::nullopt;
  const auto text = read_file_if(*file);
  if (!text) throw Error{Code::usage, {.what = "--plan: there is no file " + *file, .hint = "mykartctl plan --out " + *file}};
  return read_plan(parse_json(*text, *file));
}

std::string until_of(const Session& session) {
  const auto saved = saved_plan(session);
  return session.arguments().text("until").value_or(saved ? saved->until : "");
}

Answer only_plan(Session& session, const Job& job) {
  const auto plan = look(session, job);
  if (const auto file = session.arguments().text("out")) write_file(*file, to_json(to_value(plan), 2) + "\n");
  return shown(session, job, plan);
}

Answer carry_out(Session& session, const Job& job) {
  const auto& typed = session.arguments();
  if (typed.has("dry-run")) return shown(session, job, look(session, job));
  const auto& around = session.around();
  Work work{around, job.command, job.direction, job.order, options(session, job), session.deadline()};
  auto plan = work.plan(session.deadline());
  plan.until = until_of(session);
  if (const auto saved = saved_plan(session)) need_saved(*saved, plan);
  const bool follow = typed.has("follow");
  if (plan.steps.empty() && !follow) {
    work.close_doubts(plan, session.deadline());
    return {report_of(job, around, plan)};
  }
  if (!plan.steps.empty()) confirm(session, plan, report_of(job, around, plan));
  const auto result = work.run(plan, session.deadline());
  if (result.end == Outcome::End::waiting) session.out().show(waiting(around, job.command, result));
  return {report(around, job.command, plan, result), exit_of(result)};
}

}  // namespace ctl::cli
