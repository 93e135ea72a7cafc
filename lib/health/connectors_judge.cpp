#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "health/connectors.hpp"
#include "plan/connector_lint.hpp"
#include "plan/connector_publication.hpp"
#include "plan/connector_topics.hpp"

namespace ctl::health {
namespace {

constexpr int expected_tasks = 1;  // of the PostgreSQL connector, always: a slot has one reader

/// Collects reasons; the worst verdict stays.
struct Verdict {
  ConnectorJudgement& of;
  bool failed{}, unknown{}, degraded{};
  void fails(std::string why) { failed = true, of.reasons.push_back(std::move(why)); }
  void is_unknown(const std::string& what, const Error& why) {
    unknown = true, of.reasons.push_back(fmt::format("{} is not known: {}", what, why.what()));
  }
  void lacks(std::string why) { degraded = true, of.reasons.push_back(std::move(why)); }
};

/// The state of the last poll counts; a worse one at an earlier poll is told as well.
std::optional<RunState> judge_runs(const ConnectorSights& sights, Verdict& verdict) {
  const auto& last = sights.polls.back().status;
  if (!last) return verdict.is_unknown("the state", last.error()), std::nullopt;
  if (!*last) return verdict.lacks("the worker has no state of it yet"), std::nullopt;
  const auto& status = **last;
  if (const auto* cause = status.failure()) {
    verdict.fails(cause->empty() ? "a task FAILED" : *cause);
  } else if (status.state == RunState::unassigned || status.state == RunState::restarting || status.state == RunState::unknown) {
    verdict.lacks(fmt::format("it is {}: after a worker was lost that may take scheduled.rebalance.max.delay.ms (5 minutes)",
                              to_string(status.state)));
  } else if (status.state == RunState::running) {
    if (status.running() < expected_tasks) verdict.lacks(fmt::format("{} of {} tasks run", status.running(), expected_tasks));
    const auto ran = std::count_if(sights.polls.begin(), sights.polls.end(), [](const ConnectorPoll& p) {
      return p.status && *p.status && (*p.status)->state == RunState::running && (*p.status)->running() >= expected_tasks;
    });
    if (status.running() >= expected_tasks && static_cast<std::size_t>(ran) < sights.polls.size())
      verdict.lacks(fmt::format("RUNNING in {} of {} polls only", ran, sights.polls.size()));
  }
  return status.state;
}

void judge_tables(const ConnectorSights& sights, ConnectorJudgement& out, Verdict& verdict) {
  const auto& seen = *sights.database;
  const ConnectorSpec running{.config = sights.config && *sights.config ? **sights.config : Config{}};
  const auto included = running.tables();
  const auto has = [](const std::vector<TableName>& tables, const TableName& table) {
    return std::find(tables.begin(), tables.end(), table) != tables.end();
  };
  auto wrong = plan::capture_obstacles(*sights.wanted, seen);
  auto differs = plan::capture_differences(*sights.wanted, seen);
  std::move(differs.begin(), differs.end(), std::back_inserter(wrong));
  const auto loses = [&](const TableName& table) {
    return std::any_of(wrong.begin(), wrong.end(), [&](const plan::Obstacle& o) { return o.loses && (!o.table || *o.table == table); });
  };
  std::vector<std::string> missing;
  for (const auto& table : seen.tables) {
    CapturedStatus one{.table = table, .topic = plan::topic_of(sights.wanted->spec, table.table).value_or("")};
    one.published = seen.publication && plan::publishes(*seen.publication, table.table);
    const bool in_both = table.exists && one.published && has(included, table.table);
    one.captured = in_both && !loses(table.table);
    if (one.captured) ++out.captured;
    if (!in_both && table.exists) missing.push_back(to_string(table.table));
    out.tables.push_back(std::move(one));
  }
  for (const auto& of : wrong) verdict.lacks(fmt::format("{} (try: {})", of.why, of.remedy));
  if (!seen.publication)
    verdict.lacks(fmt::format("publication {} does not exist", sights.wanted->spec.get("publication.name", "dbz_publication")));
  else if (!missing.empty() && sights.config)
    verdict.lacks(fmt::format("{} {} not captured", join(missing, ", "), missing.size() == 1 ? "is" : "are"));
}

/// Where brokers do not make topics, a producer waits for one for good, and the task stays RUNNING.
void judge_topics(const ConnectorSights& sights, Verdict& verdict) {
  if (!sights.missing_topics) return verdict.is_unknown("its topics", sights.missing_topics.error());
  if (!sights.missing_topics->empty())
    verdict.lacks(fmt::format("{} {} not exist: what goes there waits (try: mykartctl connector apply)", join(*sights.missing_topics, ", "),
                              sights.missing_topics->size() == 1 ? "does" : "do"));
}

const ReplicationSlot* slot_of(const ConnectorPoll& poll) { return poll.slot && *poll.slot ? &**poll.slot : nullptr; }

/// Changes are read from the slot only after the initial snapshot; the stored offset is of up to a minute ago, and there is none at first.
/// A snapshot that fails is begun again every few seconds, with the task RUNNING all the time and without a trace: then no session stays
/// from poll to poll. False: this is not about a snapshot.
bool judge_snapshot(const ConnectorSights& sights, ConnectorJudgement& out, Verdict& verdict) {
  if (out.slot_state == "active" && out.offsets.snapshot == "running") out.offsets.snapshot = "done";
  if (out.slot_state != "inactive" || !sights.offsets || out.offsets.snapshot == "done") return false;
  auto staying = sights.polls.front().readers;
  for (const auto& poll : sights.polls)
    std::erase_if(staying,
                  [&](std::int64_t pid) { return std::find(poll.readers.begin(), poll.readers.end(), pid) == poll.readers.end(); });
  if (!staying.empty())
    verdict.lacks("the initial snapshot is still running: no change is sent before its end, and a restart begins it again");
  else
    verdict.lacks(
        fmt::format("the initial snapshot has not ended, and no session of {} reads it: it fails and is begun again, and the worker's log "
                    "says why",
                    sights.wanted->spec.get("database.user")));
  return true;
}

void judge_slot(const ConnectorSights& sights, bool runs, ConnectorJudgement& out, Verdict& verdict) {
  const auto& name = sights.wanted->spec.get("slot.name");
  const auto& last = sights.polls.back();
  if (!last.slot) return verdict.is_unknown("the slot", last.slot.error());
  const auto* slot = slot_of(last);
  out.slot_state = slot == nullptr ? "absent" : slot->wal_status == "lost" ? "lost" : slot->active ? "active" : "inactive";
  if (sights.offsets) out.offsets = judge_offsets(*sights.offsets, sights.wanted->spec.get("topic.prefix"), slot);
  const bool reads_snapshot = runs && judge_snapshot(sights, out, verdict);
  const auto* first = slot_of(sights.polls.front());
  if (slot != nullptr && first != nullptr && sights.polls.size() > 1) out.moved = first->confirmed_flush_lsn != slot->confirmed_flush_lsn;

  if (out.slot_state == "lost")
    verdict.fails(fmt::format("slot {} is lost: its WAL was removed, changes are missing", name));
  else if (out.slot_state == "absent" && runs)
    verdict.lacks(fmt::format("slot {} does not exist", name));
  else if (out.slot_state == "inactive" && runs && !reads_snapshot)
    verdict.lacks(fmt::format("slot {} is inactive: the task runs and reads nothing", name));
  if (out.offsets.verdict == OffsetVerdict::silent_gap)
    verdict.fails(fmt::format("silent gap: the slot is {} past the stored offset, these changes were never sent",
                              format_bytes(static_cast<std::uint64_t>(out.offsets.bytes))));
  if (out.offsets.verdict == OffsetVerdict::lost && out.slot_state == "absent")
    verdict.fails("there is a stored offset and no slot: what changed since is lost");

  const auto beat = parse_integer(sights.wanted->spec.get("heartbeat.interval.ms", "0")).value_or(0);
  if (runs && !reads_snapshot && out.moved == false && beat > 0 && sights.window.count() > 2 * beat && slot->lag_bytes > 0)
    verdict.lacks(fmt::format("slot {} has not moved for {}, and {} are behind it", name, format_took(sights.window),
                              format_bytes(static_cast<std::uint64_t>(slot->lag_bytes))));
}

}  // namespace

std::string_view to_string(ConnectorVerdict verdict) {
  constexpr std::array<std::string_view, 7> names{"healthy", "degraded", "failed", "paused", "stopped", "missing", "unknown"};
  return names[static_cast<std::size_t>(verdict)];
}
std::string_view to_string(OffsetVerdict verdict) {
  constexpr std::array<std::string_view, 6> names{"in_sync", "replay", "silent_gap", "lost", "none", "unknown"};
  return names[static_cast<std::size_t>(verdict)];
}

std::optional<bool> ConnectorJudgement::good() const {
  if (verdict == ConnectorVerdict::unknown) return std::nullopt;
  return verdict == ConnectorVerdict::healthy;
}

OffsetJudgement judge_offsets(const Value& offsets, std::string_view topic_prefix, const ReplicationSlot* slot) {
  OffsetJudgement out{.verdict = OffsetVerdict::none, .snapshot = "none"};
  if (offsets.list() == nullptr) return out;
  for (const auto& entry : *offsets.list()) {
    const auto* partition = entry.find("partition");
    const auto* offset = entry.find("offset");
    if (offset == nullptr || offset->map() == nullptr ||
        (partition != nullptr && partition->text_or("server", topic_prefix) != topic_prefix))
      continue;
    for (const std::string_view key : {"lsn", "lsn_proc", "lsn_commit"})
      out.lsn = std::max(out.lsn, static_cast<std::uint64_t>(offset->integer_or(key, 0)));
    const auto* completed = offset->find("snapshot_completed");
    const bool done = completed == nullptr || (completed->boolean() != nullptr && *completed->boolean());
    out.snapshot = offset->find("snapshot") == nullptr || (completed != nullptr && done) ? "done" : "running";
  }
  if (out.lsn == 0) return out;
  if (slot == nullptr || slot->wal_status == "lost") return out.verdict = OffsetVerdict::lost, out;
  const auto confirmed = parse_lsn(slot->confirmed_flush_lsn);
  out.bytes = static_cast<std::int64_t>(out.lsn < confirmed ? confirmed - out.lsn : out.lsn - confirmed);
  if (out.lsn < confirmed)
    out.verdict = OffsetVerdict::silent_gap;
  else
    out.verdict = out.lsn == confirmed || slot->active ? OffsetVerdict::in_sync : OffsetVerdict::replay;
  return out;
}

ConnectorJudgement judge(const ConnectorSights& sights) {
  ConnectorJudgement out;
  Verdict verdict{out};
  if (sights.config && !*sights.config) {
    out.verdict = ConnectorVerdict::missing;
    out.reasons.push_back("the worker does not have it");
    if (sights.database) judge_tables(sights, out, verdict), judge_slot(sights, false, out, verdict);
    out.reasons.resize(1);  // without a connector the rest follows from it
    return out;
  }
  const auto state = judge_runs(sights, verdict);
  if (!sights.config) verdict.is_unknown("the config", sights.config.error());
  if (!sights.wanted) verdict.is_unknown("what is wanted", sights.wanted.error());
  if (sights.wanted && sights.config) {
    out.drift = plan::config_changes(*sights.wanted, **sights.config);
    if (!out.drift.empty()) verdict.lacks(counted(out.drift.size(), "config key") + " not as in the file");
  }
  if (!sights.database) {
    verdict.is_unknown("PostgreSQL's side", sights.database.error());
  } else if (sights.wanted && plan::is_postgres(sights.wanted->spec)) {
    judge_tables(sights, out, verdict);
    judge_slot(sights, state == RunState::running, out, verdict);
    judge_topics(sights, verdict);
  }
  out.verdict = verdict.failed               ? ConnectorVerdict::failed
                : state == RunState::stopped ? ConnectorVerdict::stopped
                : state == RunState::paused  ? ConnectorVerdict::paused
                : verdict.degraded           ? ConnectorVerdict::degraded
                : verdict.unknown            ? ConnectorVerdict::unknown
                                             : ConnectorVerdict::healthy;
  return out;
}

}  // namespace ctl::health
