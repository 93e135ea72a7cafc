#include "apply/topics_delete.hpp"

#include <array>

#include "command.hpp"
#include "confirm.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

Answer remove(Session& session) {
  const auto& around = session.around();
  Sources sources{around, session.deadline()};
  const auto removals = topic_removals(sources, session.arguments().names, session.settings().guard_recent, session.deadline());
  const Plan plan{.target = "topics", .context = around.context, .inputs_digest = around.project.digest, .steps = removals.steps};
  auto shown = report(removals, around.project);
  if (session.arguments().has("dry-run")) return {std::move(shown)};
  confirm(session, plan, shown);
  delete_topics(sources, removals, plan, session.deadline());
  shown.data.set("deleted", true);
  shown.line(counted(removals.steps.size(), "topic") + " deleted", Style::good);
  return {std::move(shown)};
}

constexpr std::array commands{
    Command{
        .path = "topics delete",
        .names = "TOPIC…",
        .summary = "deletes topics, each by its exact name",
        .details = "Refused for topics of Kafka, Connect and this tool, for topics that an open migration needs, while a group reads them, "
                   "and when an "
                   "event is younger than guard_recent of the context (1h). At a terminal each name is typed; a script says --yes "
                   "--allow-destructive.",
        .options = "dry-run yes allow-destructive confirm",
        .examples =
            "mykartctl topics delete old.clicks --dry-run  # what would go, and what stands against it\nmykartctl topics delete old.clicks "
            "old.orders --yes --allow-destructive",
        .exits = "0 5",
        .timeout = std::chrono::minutes{3},
        .run = remove},
};

}  // namespace

std::span<const Command> topics_delete_commands() noexcept { return commands; }

}  // namespace ctl::cli
