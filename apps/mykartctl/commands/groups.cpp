#include <algorithm>
#include <array>

#include "health/groups.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

/// What was seen and what it comes to, which views it.
struct Judged {
  std::vector<health::GroupSights> sights{};
  std::vector<health::GroupStatus> groups{};
};

Judged judge(Session& session) {
  const auto& typed = session.arguments();
  const auto kafka = session.kafka();
  kafka::Cluster cluster{kafka, session.listener()};
  health::GroupLook look{.names = typed.names, .topics = typed.texts("topic")};
  if (const auto sample = typed.duration("sample")) look.window = *sample;
  Judged judged{.sights = health::look_at_groups(cluster, kafka, session.listener(), look, session.deadline())};
  for (const auto& sights : judged.sights) judged.groups.push_back(health::judge_group(sights));
  return judged;
}

/// A view: that a group is behind is no reason to fail, that something is not known is.
Answer list(Session& session) {
  const auto judged = judge(session);
  auto report = health::groups_report(judged.groups, "groups_list", false);
  const bool known = std::none_of(judged.groups.begin(), judged.groups.end(),
                                  [](const auto& group) { return group.verdict == health::GroupVerdict::unknown; });
  report.ok = known ? std::optional{true} : std::nullopt;
  return {std::move(report), known ? Exit::done : Exit::not_good};
}

Answer status(Session& session) {
  const auto judged = judge(session);
  auto report = health::groups_report(judged.groups, "groups_status", !session.arguments().names.empty());
  const bool good = report.ok == true;
  return {std::move(report), good ? Exit::done : Exit::not_good};
}

constexpr std::array commands{
    Command{.path = "groups list",
            .summary = "the consumer groups of the cluster, and how far each is behind",
            .options = "topic sample",
            .examples = "mykartctl groups list\nmykartctl groups list --topic mykart.clicks -o name  # who reads it, one a line",
            .exits = "0 4",
            .timeout = 30s,
            .run = list},
    Command{.path = "groups status",
            .names = "[GROUP…]",
            .summary = "do the groups get on with what they read?",
            .details = "With a name: each partition. LAG counts the records that are still to be read; markers and aborted records of "
                       "transactions are none. Where more than 1,000 offsets are left it is an upper bound (≤). LAG-TIME is the age of the "
                       "first of them. VERDICT is ok (nothing unread, or it is younger than 10 s, or gets less), warn (commits move, "
                       "but the unread does not get less), stall (members, but no commit), stop (nobody reads it), rewind "
                       "(a commit went back) or unknown. Where one look does not tell, the commits are watched for 6 s: a consumer commits "
                       "every 5 s unless it is told otherwise.",
            .options = "topic sample",
            .examples = "mykartctl groups status\nmykartctl groups status shop-dashboard  # partition by partition\n"
                        "mykartctl groups status --topic mykart.clicks -o json | jq .summary  # for scripts",
            .exits = "0 4",
            .timeout = 30s,
            .run = status},
};

}  // namespace

std::span<const Command> groups_commands() noexcept { return commands; }

}  // namespace ctl::cli
