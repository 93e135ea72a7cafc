#include "apply/desk.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "plan/retention.hpp"

namespace ctl {

WritingRun::WritingRun(const Surroundings& around, std::string command, std::string direction, const Plan& plan, const Deadline& until)
    : around_{around},
      lock_{Lock::take(around.database, around.context, {.who = around.who, .host = around.host, .command = command, .pid = around.pid},
                       around.listener, until)},
      database_{postgres::Connection::open(around.database, postgres::Access::read_write, around.listener, until)},
      journal_{database_, until} {
  Run run{.command = std::move(command),
          .direction = std::move(direction),
          .context = around.context,
          .who = around.who,
          .host = around.host,
          .version = around.version};
  run.fingerprint = plan.fingerprint();
  run.pid = around.pid;
  id_ = journal_.begin(run, until);
}

WritingRun::~WritingRun() {
  if (ended_) return;
  const auto written = attempt([&] { journal_.end(id_, "failed", "", Deadline{2s, {}}); });
  static_cast<void>(written);  // the run stays in doubt, which is what the journal is for
}

Recorder WritingRun::recorder(const Deadline& until) {
  auto seq = std::make_shared<std::int64_t>(0);
  return {.started =
              [this, seq, until](const Step& step, const Value& before) {
                lock_.check(until);
                *seq = journal_.started(id_, step, before, until);
              },
          .finished =
              [this, seq](const Step&, bool done, const std::string& detail) {
                journal_.finished(id_, *seq, done ? Verdict::done : Verdict::failed, detail,
                                  Deadline{5s, {}});  // also when the command's time is over
              }};
}

void WritingRun::end(std::string_view result, std::string_view detail) {
  journal_.end(id_, result, detail, Deadline{5s, {}});
  ended_ = true;
}

postgres::Connection& Desk::database() const {
  if (session == nullptr) throw *no_session;
  return *session;
}

Journal& Desk::journal() const {
  if (book == nullptr) throw *no_session;
  return *book;
}

WritingRun& Desk::writing() const {
  if (run == nullptr) throw Error{Code::internal, {.what = "a command that only looks tried to write"}};
  return *run;
}

void Desk::need_writing() const {
  if (!no_lock) static_cast<void>(writing());
}

std::vector<plan::Hold> holds(const Desk& desk, const Deadline& until) {
  std::vector<plan::Hold> all;
  if (desk.book != nullptr)
    for (const auto& held : desk.book->holds(until)) all.push_back({held.topic, held.key, held.value});
  if (desk.direction == Desk::Direction::deploy)
    for (const auto& table : desk.around.project.tables) {
      const auto* spec = desk.around.project.topic(table.topic);
      for (auto& open : plan::holds_of_history(table.topic, spec != nullptr ? spec->config : Config{}))
        if (std::find(all.begin(), all.end(), open) == all.end()) all.push_back(std::move(open));
    }
  return all;
}

health::SealWitnesses witnesses(const Desk& desk) {
  return {.project = desk.around.project, .journal = desk.journal(), .kafka = desk.kafka, .database = desk.database()};
}

std::string_view to_string(Desk::Direction direction) {
  constexpr std::string_view names[] = {"", "deploy", "rollback"};
  return names[static_cast<std::size_t>(direction)];
}

std::optional<Located> locate(const Desk& desk, const EventTable& table, const Deadline& until) {
  return locate(desk.around.project, table, desk.database(), until);
}

bool contracted(const Desk& desk, const Deadline& until) {
  const auto states = desk.journal().migrations(until);
  return std::any_of(desk.around.project.migrations.begin(), desk.around.project.migrations.end(), [&](const Migration& m) {
    const auto found = states.find(m.id);
    return m.phase == Migration::Phase::contract && found != states.end() && found->second.state != "reverted";
  });
}

Digest digest_of(std::span<const std::string> facts) {
  Sha256 sum;
  for (const auto& fact : facts) {
    sum.add(fact);
    sum.add(std::string_view{"\0", 1});
  }
  return sum.hex();
}

}  // namespace ctl
