#include <array>

#include "health/views.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

Job job_of(Session& session) {
  Job job{.command = "schema apply"};
  const auto last = session.arguments().text("to");
  for (const auto& migration : session.project().migrations)
    if (migration.phase == Migration::Phase::expand && (!last || migration.id.substr(0, last->size()) <= *last))
      job.order.push_back({"schema", {Kind::schema, migration.id}});
  return job;
}

Answer status(Session& session) {
  Sources sources{session.around(), session.deadline()};
  return {health::schema_status(sources, session.deadline())};
}

Answer plan(Session& session) { return only_plan(session, job_of(session)); }

Answer apply(Session& session) {
  auto answer = carry_out(session, job_of(session));
  answer.report.line("expand only; topics and CDC rights: mykartctl deploy --until topics", Style::faint);
  return answer;
}

constexpr std::array commands{
    Command{.path = "schema status",
            .summary = "migrations with their state, tables with their role",
            .examples = "mykartctl schema status",
            .exits = "0",
            .timeout = 10s,
            .run = status},
    Command{.path = "schema plan",
            .summary = "the expand migrations that would be run or adopted",
            .details = "What exists already and passes its verify script is adopted: taken over, not created again.",
            .options = "to=NNNN out exit-code",
            .examples = "mykartctl schema plan\n"
                        "mykartctl schema plan --to 0002 --exit-code  # 2: there is something to do",
            .exits = "0 2",
            .timeout = 30s,
            .run = plan},
    Command{.path = "schema apply",
            .summary = "runs the expand migrations",
            .details =
                "Contract migrations, which retire and drop tables, are never run from here: retiring belongs to deploy, dropping to "
                "finalize.",
            .options = "to=NNNN plan dry-run yes confirm",
            .examples = "mykartctl schema apply\n"
                        "mykartctl schema apply --dry-run  # the plan; the session is read only at the server\n"
                        "mykartctl schema apply --to 0002 --yes",
            .exits = "0 3 5",
            .timeout = 3min,
            .run = apply},
};

}  // namespace

std::span<const Command> schema_commands() noexcept { return commands; }

}  // namespace ctl::cli
