#include "journal/journal.hpp"

#include <fmt/format.h>

#include <array>

#include "core/error.hpp"
#include "journal/columns.hpp"
#include "sql/queries.hpp"

namespace ctl {
namespace {

std::string_view word(Verdict verdict) { return verdict == Verdict::done ? "done" : "failed"; }

Run run_of(const postgres::Rows& rows, std::size_t i) {
  return {.id = rows.integer(i, "run"),
          .command = rows.text(i, "command"),
          .direction = rows.text(i, "direction"),
          .context = rows.text(i, "context"),
          .who = rows.text(i, "who"),
          .host = rows.text(i, "host"),
          .version = rows.text(i, "version"),
          .fingerprint = rows.text(i, "fingerprint"),
          .pid = static_cast<int>(rows.integer(i, "pid")),
          .started = instant(rows, i, "started_ms"),
          .finished = rows.at(i, "finished_ms") ? std::optional{instant(rows, i, "finished_ms")} : std::nullopt,
          .result = rows.text(i, "result"),
          .detail = rows.text(i, "detail")};
}

std::vector<Entry> entries_of(const postgres::Rows& rows) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& entry = entries.emplace_back(Entry{.run = rows.integer(i, "run"),
                                             .seq = rows.integer(i, "seq"),
                                             .kind = rows.text(i, "kind"),
                                             .name = rows.text(i, "name"),
                                             .phase = rows.text(i, "phase"),
                                             .action = rows.text(i, "action"),
                                             .detail = rows.text(i, "detail"),
                                             .started = instant(rows, i, "started_ms")});
    if (rows.at(i, "finished_ms")) entry.finished = instant(rows, i, "finished_ms");
    if (const auto verdict = rows.at(i, "verdict")) entry.verdict = *verdict == word(Verdict::done) ? Verdict::done : Verdict::failed;
  }
  return entries;
}

/// By which version 2 comes from version 1, and so on.
constexpr std::array upgrades{sql::journal_upgrade_2};
constexpr std::int64_t newest_version = 1 + static_cast<std::int64_t>(upgrades.size());

/// 0: there is none. The first version has no number.
std::int64_t version_of(postgres::Connection& connection, const postgres::Rows& present, const Deadline& until) {
  if (!present.flag(0, "present")) return 0;
  if (!present.flag(0, "numbered")) return 1;
  return connection.query(sql::journal_version, until).integer(0, "version");
}

/// Makes the journal, or brings it to the newest version, all or nothing.
void bring_up_to_date(postgres::Connection& connection, const Deadline& until) {
  postgres::Transaction transaction{connection, until};
  connection.query(sql::journal_lock, until);
  auto version = version_of(connection, connection.query(sql::journal_present, until), until);  // another one may have been faster
  if (version == 0) {
    connection.script(sql::journal_schema, "journal_schema.sql", until);
    version = 1;
  }
  for (; version < newest_version; ++version) {
    const auto file = fmt::format("journal_upgrade_{}.sql", version + 1);
    connection.script(upgrades[static_cast<std::size_t>(version - 1)], file, until);
    connection.query(sql::journal_set_version, postgres::Names{{"version", std::to_string(version + 1)}}, until);
  }
  transaction.commit(until);
}

void need_one(const postgres::Rows& changed, const std::string& what) {
  if (changed.affected() != 1) throw Error{Code::internal, {.what = what + " is not open in the journal"}};
}

}  // namespace

bool Journal::exists(postgres::Connection& connection, const Deadline& until) {
  return connection.query(sql::journal_present, until).flag(0, "present");
}

Journal::Journal(postgres::Connection& connection, const Deadline& until) : connection_{connection} {
  const auto now = connection.query(sql::journal_present, until);
  present_ = now.flag(0, "present");
  if (now.flag(0, "read_only")) return;
  const auto version = version_of(connection, now, until);
  if (version > newest_version)
    throw Error{Code::refused,
                {.what = fmt::format("the journal (schema mykartctl) is of version {}, and this mykartctl writes version {}", version,
                                     newest_version),
                 .hint = "use the mykartctl that has written it, or a newer one"}};
  if (version == newest_version) return;
  within("making the journal (schema mykartctl)", [&] { bring_up_to_date(connection, until); });
  present_ = true;
}

std::optional<postgres::Rows> Journal::read(std::string_view sql, const postgres::Names& names, const Deadline& until) {
  if (!present_) return std::nullopt;
  return connection_.query(sql, names, until);
}

std::int64_t Journal::begin(const Run& run, const Deadline& until) {
  const postgres::Names names{
      {"command", run.command}, {"direction", run.direction},     {"context", run.context}, {"who", run.who},
      {"host", run.host},       {"pid", std::to_string(run.pid)}, {"version", run.version}, {"fingerprint", run.fingerprint}};
  return connection_.query(sql::journal_begin, names, until).integer(0, "run");
}

void Journal::end(std::int64_t run, std::string_view result, std::string_view detail, const Deadline& until) {
  const postgres::Names names{{"run", std::to_string(run)}, {"result", std::string{result}}, {"detail", std::string{detail}}};
  need_one(connection_.query(sql::journal_end, names, until), fmt::format("run {}", run));
}

std::int64_t Journal::started(std::int64_t run, const Step& step, const Value& before, const Deadline& until) {
  const postgres::Names names{{"run", std::to_string(run)},
                              {"kind", std::string{to_string(step.resource.kind)}},
                              {"name", step.resource.name},
                              {"phase", step.phase},
                              {"action", std::string{to_string(step.action)}},
                              {"step", to_json(to_value(step))},
                              {"before", before.is_null() ? std::nullopt : std::optional{to_json(before)}}};
  const auto added = connection_.query(sql::journal_started, names, until);
  if (added.size() != 1) throw Error{Code::internal, {.what = fmt::format("run {} is not in the journal", run)}};
  return added.integer(0, "seq");
}

void Journal::finished(std::int64_t run, std::int64_t seq, Verdict verdict, std::string_view detail, const Deadline& until) {
  const postgres::Names names{
      {"run", std::to_string(run)}, {"seq", std::to_string(seq)}, {"verdict", std::string{word(verdict)}}, {"detail", std::string{detail}}};
  need_one(connection_.query(sql::journal_finished, names, until), fmt::format("step {} of run {}", seq, run));
}

std::vector<Run> Journal::runs(int limit, bool migrations, const Deadline& until) {
  const auto rows = read(sql::journal_runs, {{"limit", std::to_string(limit)}, {"migrations", migrations ? "true" : "false"}}, until);
  std::vector<Run> found;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) found.push_back(run_of(*rows, i));
  return found;
}
std::vector<Run> Journal::runs(int limit, const Deadline& until) { return runs(limit, false, until); }
std::optional<Run> Journal::last_migration(const Deadline& until) {
  auto newest = runs(1, true, until);
  return newest.empty() ? std::nullopt : std::optional{std::move(newest.front())};
}

std::vector<Entry> Journal::steps(std::int64_t run, const Deadline& until) {
  const auto rows = read(sql::journal_steps, {{"run", std::to_string(run)}}, until);
  return rows ? entries_of(*rows) : std::vector<Entry>{};
}
std::vector<Entry> Journal::in_doubt(const Deadline& until) {
  const auto rows = read(sql::journal_in_doubt, {}, until);
  return rows ? entries_of(*rows) : std::vector<Entry>{};
}

}  // namespace ctl
