#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apply/group_reset.hpp"
#include "confirm.hpp"
#include "core/file.hpp"
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

/// For a shell, as one word.
std::string word(const std::string& text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:,=@+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string{c};
  return quoted + "'";
}

/// Where the offsets are saved: --out, or a name of its own in the working folder. What somebody may still need is not written over.
std::string undo_file(const Arguments& typed) {
  auto file = typed.text("out").value_or("");
  if (file.empty()) {
    file = fmt::format("{}-{}.undo.json", typed.names[0], format_instant(now()));
    for (auto& c : file)
      if (c == '/' || c == ':' || c == ' ') c = '-';
  }
  if (read_file_if(file))
    throw Error{Code::refused,
                {.what = file + " is there already, and may be the only way back from an earlier reset", .hint = "--out FILE"}};
  return file;
}

/// What takes this reset back: the same cluster, whoever types it.
std::string undo_command(const Arguments& typed, const std::string& file) {
  auto command = fmt::format("mykartctl groups reset {} -f {}", word(typed.names[0]), word(file));
  for (const std::string_view option : {"context", "project", "brokers", "kafka-property"})
    for (const auto& value : typed.texts(option)) command += fmt::format(" --{} {}", option, word(value));
  return command;
}

ResetWish wish_of(const Arguments& typed) {
  if (typed.has("to") == typed.has("file") || typed.times("file") > 1)
    throw Error{Code::usage,
                {.what = "groups reset needs one of --to and --file",
                 .hint = "--to beginning, end, -10, 12345, 2026-11-22T10:00:00Z or -2h; -f the file that an earlier reset saved"}};
  ResetWish wish{.group = typed.names[0], .topics = {typed.names.begin() + 1, typed.names.end()}, .to = typed.position("to")};
  if (const auto file = typed.text("file")) wish.saved = read_saved_offsets(read_input(*file), *file);
  return wish;
}

Answer reset(Session& session) {
  const auto& typed = session.arguments();
  const auto wish = wish_of(typed);
  const auto& around = session.around();
  kafka::Cluster cluster{around.kafka, session.listener()};
  const auto planned = plan_group_reset(cluster, wish, session.deadline());
  auto shown = report(planned, {});
  if (typed.has("dry-run")) return {std::move(shown), planned.blocked ? Exit::refused : Exit::done};
  for (const auto& warning : planned.warnings) shown.line("warning: " + warning, Style::warn);
  if (planned.blocked) {
    session.out().show(shown);
    throw Error{*planned.blocked};
  }
  if (planned.before().empty()) return {report(planned, {})};
  const auto file = undo_file(typed);
  confirm(session, plan_of(planned, around.context), std::move(shown));

  need_unchanged(cluster, planned, session.deadline());
  const auto undo = undo_command(typed, file);
  write_file(file, to_json(to_value(SavedOffsets{planned.group, planned.cluster_id, planned.before()}, now()), 2) + "\n");
  session.listener().note(Listener::Level::debug, "the offsets are saved; undo: " + undo);
  within(fmt::format("resetting group {} (undo: {})", planned.group, undo), [&] { carry_out(cluster, planned, session.deadline()); });
  return {report(planned, {.applied = true, .undo_file = file, .undo_command = undo})};
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
    Command{.path = "groups reset",
            .names = "GROUP [TOPIC…]",
            .summary = "moves the commits of a group that nobody is in",
            .details = "Without TOPIC: what the group has committed. -N, OFFSET and the ends count in each partition; what a log does not "
                       "hold is brought to its start or end, with a warning. The group is not joined, so nothing rebalances, and nothing "
                       "is done while it has members. The offsets of before are saved to a file, GROUP-TIME.undo.json unless --out "
                       "says otherwise; -f takes such a file and brings back exactly these.",
            .options = "to file out dry-run yes confirm",
            .examples = "mykartctl groups reset shop-dashboard --to -2h --dry-run  # what it would be\n"
                        "mykartctl groups reset shop-dashboard mykart.clicks --to beginning --yes --out undo.json\n"
                        "mykartctl groups reset shop-dashboard -f undo.json  # as it was",
            .exits = "0 5",
            .timeout = 3min,
            .run = reset},
};

}  // namespace

std::span<const Command> groups_commands() noexcept { return commands; }

}  // namespace ctl::cli
