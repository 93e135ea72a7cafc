#include "job.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "confirm.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

WorkOptions options(const Session& session) {
  const auto& typed = session.arguments();
  WorkOptions options{.operators_word = typed.has("writers-gone"), .wait = typed.has("wait")};
  options.data.rate = typed.count("rate").value_or(0);
  options.data.max_dead = static_cast<std::uint64_t>(typed.count("max-dead-letters").value_or(1000));
  return options;
}

std::string read_file(const std::string& name) {
  std::ifstream in{name, std::ios::binary};
  if (!in) throw Error{Code::usage, {.what = "the plan " + name + " cannot be read", .hint = "mykartctl plan --out " + name}};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void save(const Plan& plan, const std::string& name) {
  const auto part = name + ".part";  // so that nobody ever reads half a plan
  {
    std::ofstream out{part, std::ios::binary | std::ios::trunc};
    out << to_json(to_value(plan), 2) << '\n';
    if (!out.flush()) throw Error{Code::failed, {.what = "the plan could not be written to " + name}};
  }
  std::filesystem::rename(part, name);
}

Report report_of(const Session& session, const Job& job, const Surroundings& around, const Plan& plan) {
  static_cast<void>(session);
  return job.report != nullptr ? job.report(around, plan, nullptr) : report(plan);
}

/// The saved plan says how far it goes; looking again has to give the same one.
Plan checked(const std::string& file, Plan fresh) {
  const auto saved = read_plan(parse_json(read_file(file), file));
  if (saved.target != fresh.target)
    throw Error{Code::refused, {.what = fmt::format("{} is a plan for {}, not for {}", file, saved.target, fresh.target), .where = file}};
  need_same(saved, fresh);
  return fresh;
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

Answer only_plan(Session& session, const Job& job) {
  const auto& typed = session.arguments();
  const auto& around = session.around();
  Work work{around, job.command, job.direction, job.order, options(session), session.deadline()};
  auto plan = work.plan(session.deadline());
  plan.until = typed.text("until").value_or("");
  if (const auto file = typed.text("out")) save(plan, *file);
  return {report_of(session, job, around, plan), typed.has("exit-code") && !plan.steps.empty() ? Exit::changes : Exit::done};
}

Answer carry_out(Session& session, const Job& job) {
  const auto& typed = session.arguments();
  if (typed.has("dry-run")) return only_plan(session, job);
  const auto& around = session.around();
  Work work{around, job.command, job.direction, job.order, options(session), session.deadline()};
  auto plan = work.plan(session.deadline());
  plan.until = typed.text("until").value_or("");
  if (const auto file = typed.text("plan")) plan = checked(*file, std::move(plan));
  if (plan.steps.empty()) return {report_of(session, job, around, plan)};
  confirm(session, plan, report_of(session, job, around, plan));
  const auto result = work.run(plan, session.deadline());
  if (result.end == Outcome::End::waiting) session.out().show(waiting(around, job.command, result));
  return {report(around, job.command, plan, result), exit_of(result)};
}

}  // namespace ctl::cli
