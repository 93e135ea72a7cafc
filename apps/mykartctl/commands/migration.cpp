#include <array>

#include "health/checks.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

Job job_of(const Session& session, std::string_view direction, const Project& project) {
  const bool back = direction == "rollback";
  auto order = back ? plan::rollback_order(project) : plan::deploy_order(project);
  return {.command = std::string{direction},
          .direction = back ? Desk::Direction::rollback : Desk::Direction::deploy,
          .order = plan::up_to(std::move(order), direction, until_of(session))};
}

std::uint64_t accepted_loss(const Session& session) {
  return static_cast<std::uint64_t>(session.arguments().count("accept-loss").value_or(0));
}

std::string direction_of(const Session& session) { return session.arguments().names.empty() ? "deploy" : session.arguments().names[0]; }

Exit exit_of(const health::Checks& found) {
  const bool down = std::any_of(found.all.begin(), found.all.end(),
                                [](const health::Check& c) { return c.id == "server" && c.result == health::Result::fail; });
  return found.good() ? Exit::done : down ? Exit::unreachable : Exit::not_good;
}

Answer preflight(Session& session) {
  const auto& typed = session.arguments();
  auto checks = [&] {
    Sources sources{session.around(), session.deadline()};
    return health::preflight(sources, direction_of(session), typed.list("only"), session.deadline(), accepted_loss(session));
  };
  auto found = checks();
  while (typed.has("wait") && !found.good() && !session.deadline().within(1s).over()) {
    session.deadline().sleep(1s);
    found = checks();
  }
  auto report = health::report(found);
  report.ok = found.good();
  if (found.good()) report.line("Next: mykartctl plan" + std::string{found.expect == "rollback" ? " rollback" : ""});
  return {std::move(report), exit_of(found)};
}

Answer plan(Session& session) { return only_plan(session, job_of(session, direction_of(session), session.project())); }

/// Nothing is begun that preflight would refuse; what it warns of is said.
Answer journey(Session& session, std::string_view direction) {
  const auto job = job_of(session, direction, session.project());  // a wrong flag is said before a wrong server
  if (!session.arguments().has("dry-run")) {
    Sources sources{session.around(), session.deadline()};
    auto found = health::preflight(sources, direction, {}, session.deadline(), accepted_loss(session));
    const auto reaches = [&](std::string_view phase) {
      return std::any_of(job.order.begin(), job.order.end(), [&](const plan::Stop& stop) { return stop.phase == phase; });
    };
    // With --until before that, it can still be corrected; and tables that are only brought back lose nothing.
    std::erase_if(found.all, [&](const health::Check& check) {
      return (check.id == "retire" && !reaches("retire")) || (direction == "rollback" && check.id == "way-back" && !reaches("replay"));
    });
    if (!found.good()) {
      auto report = health::report(found);
      report.ok = false;
      return {std::move(report), exit_of(found)};
    }
  }
  return carry_out(session, job);
}

Answer deploy(Session& session) { return journey(session, "deploy"); }
Answer rollback(Session& session) { return journey(session, "rollback"); }

Answer verify(Session& session) {
  Sources sources{session.around(), session.deadline()};
  const auto& typed = session.arguments();
  const auto found = health::verify(sources, typed.text("expect").value_or(""), typed.has("deep"), session.deadline());
  auto report = health::report(found);
  report.ok = found.good();
  return {std::move(report), found.good() ? Exit::done : Exit::not_good};
}

constexpr std::array commands{
    Command{.path = "preflight",
            .names = "[deploy|rollback]",
            .summary = "may I start? Servers, identities, tables, topics",
            .details = "Asks all three servers and changes nothing. Reads every row that is not moved yet, as a copy would: about a "
                       "minute for 50 million. Exit 0 good (warnings are good), 4 something is wrong or not known, 69 "
                       "a server is down.",
            .options = "only=postgres,kafka,connect,identity,data wait accept-loss",
            .examples = "mykartctl preflight\nmykartctl preflight --wait --timeout 2m  # in CI: until the servers are up\nmykartctl "
                        "preflight --only kafka",
            .exits = "0 4 69",
            .timeout = 5min,
            .run = preflight},
    Command{.path = "plan",
            .names = "[deploy|rollback]",
            .summary = "what would be done, step by step",
            .details = "Reads only. Waits are rows of their own; what is blocked says why and what to do.",
            .options = "out until exit-code writers-gone",
            .examples =
                "mykartctl plan\nmykartctl plan rollback\nmykartctl plan --until tail --out plan.json --exit-code  # 2: review plan.json",
            .exits = "0 2",
            .timeout = 3min,
            .run = plan},
    Command{.path = "deploy",
            .summary = "tables to topics: copy, follow, fence, prove, retire",
            .details = "Goes forward as far as it can and says what it waits for (exit 3). The same command goes on after anything: a "
                       "kill, a lost server, a switch of the "
                       "application. Nothing is dropped.",
            .options = "until plan wait writers-gone quiet-for rate yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl deploy\nmykartctl deploy --yes --wait --writers-gone --timeout 30m  # in CI, while the application is "
                        "being switched\nmykartctl deploy --until topics  # "
                        "schema and topics only",
            .exits = "0 3 4 5 69",
            .run = deploy},
    Command{.path = "verify",
            .summary = "did it do what it promised?",
            .options = "deep expect=deployed|rolled-back",
            .examples = "mykartctl verify\nmykartctl verify --deep  # compares every row and event again\nmykartctl verify -o json",
            .exits = "0 4",
            .timeout = 10min,
            .run = verify},
    Command{.path = "rollback",
            .summary = "topics back to tables, with what came after the switch",
            .details =
                "Restores the tables (writable again in seconds), then moves every event that the application wrote to the topics "
                "into them. Events that cannot be rows "
                "become dead letters with their reason. No topic is deleted. Refused before anything is restored when events are gone that "
                "were never replayed; --accept-loss goes on without them.",
            .options =
                "until plan wait writers-gone quiet-for rate max-dead-letters accept-loss yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl rollback --until restore --yes  # at 3 a.m.: the tables first\nmykartctl rollback --wait",
            .exits = "0 3 4 5 69",
            .run = rollback},
};

}  // namespace

std::span<const Command> migration_commands() noexcept { return commands; }

}  // namespace ctl::cli
