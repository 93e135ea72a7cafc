// verify and status: the connectors.
#include <fmt/format.h>

#include "core/text.hpp"
#include "health/connectors.hpp"
#include "health/status_parts.hpp"
#include "health/verify.hpp"

namespace ctl::health {
namespace {

Result result_of(const std::optional<bool>& good) { return !good ? Result::unknown : *good ? Result::ok : Result::fail; }

void ask_wal(const Question& q, const ConnectorSights& sights) {
  Check check{.id = "wal-held",
              .target = sights.name,
              .result = Result::unknown,
              .found = "no slot was seen",
              .expected = "a slot that is not lost"};
  const auto& last = sights.polls.back().slot;
  if (!last) {
    check.found = one_line(last.error());
  } else if (*last) {
    const auto& slot = **last;
    check.result = slot.wal_status == "lost" ? Result::fail : Result::ok;
    check.found = fmt::format("{} held, wal_status {}",
                              format_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(slot.wal_held_bytes, 0))), slot.wal_status);
  }
  q.into.push_back(std::move(check));
}

}  // namespace

void ask_connectors(const Question& q) {
  const auto all = look_at_connectors(q.from, {}, {}, q.until);
  for (const auto& sights : all.connectors) {
    const auto judged = judge(sights);
    const bool never_there = !q.deployed && judged.verdict == ConnectorVerdict::missing;  // aborted before it was made
    q.into.push_back({.id = "connector",
                      .target = sights.name,
                      .result = never_there ? Result::ok : result_of(judged.good()),
                      .found = std::string{to_string(judged.verdict)} + (judged.reasons.empty() ? "" : ": " + join(judged.reasons, "; ")),
                      .expected = "healthy",
                      .fix = judged.good() == true || never_there ? "" : "mykartctl connector status " + sights.name});
    if (never_there) continue;
    const bool exact = judged.captured == judged.tables.size() && judged.drift.empty();
    q.into.push_back({.id = "captured-tables",
                      .target = sights.name,
                      .result = exact           ? Result::ok
                                : judged.good() ? Result::fail
                                                : Result::unknown,
                      .found = fmt::format("{} of {}", judged.captured, judged.tables.size()),
                      .expected = "exactly the declared ones"});
    ask_wal(q, sights);
  }
}

void say_connectors(Answer& answer, Sources& from, const Deadline& until) {
  Value list{Value::List{}};
  for (const auto& sights : look_at_connectors(from, {}, {.polls = 1}, until).connectors) {
    const auto judged = judge(sights);
    const auto& poll = sights.polls.back();
    const auto* status = poll.status && *poll.status ? &**poll.status : nullptr;
    const auto* slot = poll.slot && *poll.slot ? &**poll.slot : nullptr;
    Value one;
    one.set("name", sights.name)
        .set("verdict", to_string(judged.verdict))
        .set("tasks_running", status != nullptr ? Value{status->running()} : Value{})
        .set("tasks_expected", 1);
    one.set("tables", judged.captured)
        .set("slot", judged.slot_state.empty() ? Value{} : Value{judged.slot_state})
        .set("wal_held_bytes", slot != nullptr ? Value{slot->wal_held_bytes} : Value{});
    list.push(std::move(one));
    const auto good = judged.good();
    const bool absent = judged.verdict == ConnectorVerdict::missing;  // before the first deploy that is as it should be
    answer.report.line(fmt::format("connector {}: {}, {} of {} tables{}", sights.name, to_string(judged.verdict), judged.captured,
                                   judged.tables.size(), judged.slot_state.empty() ? "" : ", slot " + judged.slot_state),
                       good == true ? Style::plain
                       : absent     ? Style::warn
                                    : Style::bad);
    if (!good) answer.report.unknown.push_back({"connectors[" + sights.name + "]", join(judged.reasons, "; ")});
    if (good != true && !absent) answer.good = false;
    if (good == false && !absent)
      answer.problem("connector", sights.name, join(judged.reasons, "; "), "mykartctl connector status " + sights.name, true);
  }
  answer.report.data.set("connectors", std::move(list));
}

}  // namespace ctl::health
