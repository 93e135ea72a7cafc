#include <array>

#include "choose.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

Job job_of(Session& session, Desk::Direction direction) {
  const bool backfill = direction == Desk::Direction::deploy;
  Job job{.command = backfill ? "events backfill" : "events replay", .direction = direction};
  for (const auto& table : chosen_tables(session.arguments().names, session.project())) {
    if (backfill) job.order.push_back({"topics", {Kind::topic, table.topic}});  // with the retention held open that old events need
    job.order.push_back({backfill ? "backfill" : "replay", {Kind::data, to_string(table.table)}});
  }
  return job;
}

Answer backfill(Session& session) { return carry_out(session, job_of(session, Desk::Direction::deploy)); }
Answer replay(Session& session) { return carry_out(session, job_of(session, Desk::Direction::rollback)); }

constexpr std::array commands{
    Command{.path = "events backfill",
            .names = "[TABLE…]",
            .summary = "rows to topics, exactly once",
            .details =
                "What deploy does in its phases topics, backfill and tail, for some tables. Ends when every settled row is there; with "
                "--follow it goes on, and says how far behind it is, until Ctrl-C or --timeout. A topic that holds events of the table "
                "although no "
                "checkpoint tells of a copy (the database was renamed or restored, the checkpoint is lost, another tool has filled it) is "
                "refused: every row would be sent again. --adopt compares these events with the rows first; when none is duplicate, "
                "altered, misplaced or extra, it writes the checkpoint behind them and goes on from there. Otherwise name a new topic in "
                "the manifest: it gets a copy of its own.",
            .options = "follow rate adopt yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl events backfill cart_events\nmykartctl events backfill --follow  # until Ctrl-C\n"
                        "mykartctl events backfill clicks --adopt  # after a restore into another database",
            .exits = "0 5",
            .run = backfill},
    Command{.path = "events replay",
            .names = "[TOPIC…]",
            .summary = "the application's events back into their tables, exactly once",
            .details =
                "What rollback does in its phase replay, for some topics. An event that says it is a row of the table is believed when "
                "that row would become it. What cannot be a row is kept in mykartctl.dead_letter, with its reason.",
            .options = "follow rate max-dead-letters accept-loss yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl events replay mykart.clicks",
            .exits = "0 5",
            .run = replay},
};

}  // namespace

std::span<const Command> events_commands() noexcept { return commands; }

}  // namespace ctl::cli
