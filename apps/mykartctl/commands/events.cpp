#include <array>

#include "choose.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

Job job_of(Session& session, Desk::Direction direction) {
  const bool backfill = direction == Desk::Direction::deploy;
  Job job{.command = backfill ? "events backfill" : "events replay", .direction = direction};
  for (const auto& table : chosen_tables(session.arguments().names, session.project())) {
    if (backfill) job.order.push_back({"topics", {Kind::topic, table.topic}});  // with the retention held open that old events need
    job.order.push_back({backfill ? "backfill" : "replay", {Kind::data, to_string(table.table)}});
  }
  return job;
}

/// With --follow again and again: the tail is the backfill called again.
Answer move(Session& session, Desk::Direction direction) {
  const auto job = job_of(session, direction);
  auto answer = carry_out(session, job);
  while (session.arguments().has("follow") && answer.exit == Exit::done && !session.arguments().has("dry-run")) {
    session.deadline().sleep(1s);
    session.deadline().check("following the tables");
    Work work{session.around(), job.command, direction, job.order, {}, session.deadline()};
    if (const auto plan = work.plan(session.deadline()); !plan.steps.empty()) static_cast<void>(work.run(plan, session.deadline()));
  }
  return answer;
}

Answer backfill(Session& session) { return move(session, Desk::Direction::deploy); }
Answer replay(Session& session) { return move(session, Desk::Direction::rollback); }

constexpr std::array commands{
    Command{.path = "events backfill",
            .names = "[TABLE…]",
            .summary = "rows to topics, exactly once",
            .details = "What deploy does in its phases topics, backfill and tail, for some tables. Ends when every settled row is there.",
            .options = "follow rate yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl events backfill cart_events\nmykartctl events backfill --follow  # until Ctrl-C",
            .exits = "0 5",
            .run = backfill},
    Command{.path = "events replay",
            .names = "[TOPIC…]",
            .summary = "the application's events back into their tables, exactly once",
            .options = "follow rate max-dead-letters yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl events replay mykart.clicks",
            .exits = "0 5",
            .run = replay},
};

}  // namespace

std::span<const Command> events_commands() noexcept { return commands; }

}  // namespace ctl::cli
