#include <array>

#include "health/status.hpp"
#include "health/views.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

Answer status(Session& session) {
  Sources sources{session.around(), session.deadline()};
  auto found = health::status(sources, session.deadline());
  found.report.ok = found.good;
  if (!found.good && !found.report.unknown.empty()) found.report.ok = std::nullopt;
  return {std::move(found.report), found.good ? Exit::done : Exit::not_good};
}

Answer history(Session& session) {
  const auto& typed = session.arguments();
  Sources sources{session.around(), session.deadline()};
  health::HistoryQuery query{
      .since = typed.instant("since"), .limit = static_cast<int>(typed.count("limit").value_or(20)), .failed = typed.has("failed")};
  if (!typed.names.empty()) {
    query.run = parse_integer(typed.names[0]);
    if (!query.run)
      throw Error{Code::usage, {.what = "history: '" + typed.names[0] + "' is no number of a run", .hint = "mykartctl history"}};
  }
  return {health::history(sources, query, session.deadline())};
}

constexpr std::array commands{
    Command{.path = "status",
            .summary = "what is now: migration, tables, topics, connectors, groups",
            .details =
                "Works with any server down; what is not known is said and shows in the exit code. The migration is sealed when every "
                "table is where the journey ends and its proof holds now, reached when only a part of the journey is done, and "
                "unsealed when a proof no longer holds: its topic, its table or topics.yaml is not what was compared. PROVED says it "
                "of each table.",
            .examples = "mykartctl status\nmykartctl status -o json",
            .exits = "0 4",
            .timeout = 10s,
            .run = status},
    Command{.path = "history",
            .names = "[RUN]",
            .summary = "who did what and when",
            .options = "since limit failed",
            .examples = "mykartctl history\nmykartctl history 7  # the steps of run 7",
            .exits = "0",
            .timeout = 10s,
            .run = history},
};

}  // namespace

std::span<const Command> oncall_commands() noexcept { return commands; }

}  // namespace ctl::cli
