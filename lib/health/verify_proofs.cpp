// verify: whether the rows are in the topics (or the events in the tables), and what keeps them there.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "core/text.hpp"
#include "health/seals.hpp"
#include "health/verify.hpp"
#include "transfer/event_count.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

/// One table's question while it is answered.
struct Asked {
  const Question& q;
  const EventTable& declared;
  const std::optional<Located>& located;
  Check& check;
  Value& answer;
};

void set_numbers(Value& answer, Value rows, Value in_topic, Value missing, Value duplicate, Value altered, Value misplaced) {
  answer.set("rows", std::move(rows)).set("in_topic", std::move(in_topic)).set("missing", std::move(missing));
  answer.set("duplicate", std::move(duplicate)).set("altered", std::move(altered)).set("misplaced", std::move(misplaced));
  answer.set("at", format_instant(now())).set("examples", Value::List{});
}

/// Everything is compared again.
void compare(const Asked& asked) {
  const auto& q = asked.q;
  const auto p =
      transfer::reconcile(q.from.database(), q.from.around.kafka, at(asked.declared, *asked.located), {}, q.from.around.listener, q.until);
  if (!p.equal()) asked.check.result = Result::fail;
  asked.check.found = fmt::format("{} rows = {} events; {} missing, {} duplicate, {} altered, {} misplaced", format_count(p.rows),
                                  format_count(p.in_topic), p.missing, p.duplicate, p.altered, p.misplaced);
  if (p.waiting > 0) asked.check.found += fmt::format(", {} not moved yet", p.waiting);
  set_numbers(asked.answer, p.rows, p.in_topic, p.missing, p.duplicate, p.altered, p.misplaced);
}

/// Rows and events are counted, and compared with those that were proved; contents are not looked at.
void count(const Asked& asked, const SealState& state) {
  const auto& q = asked.q;
  const auto& seal = *state.seal;
  const auto earliest = transfer::offsets_of(q.from.kafka, asked.declared.topic, kafka::Cluster::At::earliest, q.until);
  const auto latest = transfer::offsets_of(q.from.kafka, asked.declared.topic, kafka::Cluster::At::latest, q.until);
  const auto found = transfer::count_events(q.from.database(), q.from.around.kafka, at(asked.declared, *asked.located), earliest, latest,
                                            q.from.around.listener, q.until);
  const auto missing = seal.rows - std::min(seal.rows, found.ids);
  asked.check.found = fmt::format("{} events of {} counted, {} were proved {}", format_count(found.events), counted(found.ids, "row"),
                                  format_count(seal.rows), format_instant(seal.at));
  if (missing > 0) asked.check.found += fmt::format("; {} missing", format_count(missing));
  if (found.duplicates() > 0) asked.check.found += fmt::format("; {} duplicate", format_count(found.duplicates()));
  if (found.events != seal.events || found.ids != seal.rows) asked.check.result = Result::fail;
  set_numbers(asked.answer, seal.rows, found.events, missing, found.duplicates(), {}, {});
}

/// What the proof itself says now, behind what was counted.
void conclude(const Asked& asked, const SealState& state, std::string fix) {
  auto& check = asked.check;
  if (state.holds() && check.result == Result::ok) return;
  check.fix = std::move(fix);
  if (state.holds()) return;
  if (asked.q.deep && check.result == Result::ok)
    check.result = Result::warn;  // it was compared just now
  else if (state.kind != SealState::Kind::unknown)
    check.result = Result::fail;
  else if (check.result == Result::ok)
    check.result = Result::unknown;
  check.found += (check.found.empty() ? "" : "; the proof: ") + to_string(state);
}

/// Numbers that cannot be had make no check good.
void try_to(const Asked& asked, const std::function<void()>& question) {
  const auto done = attempt(question);
  if (done) return;
  asked.check.result = Result::unknown;
  asked.check.found = one_line(done.error());
}

void ask_deployed(const Asked& asked) {
  const auto& q = asked.q;
  const SealWitnesses witnesses{q.from.around.project, q.from.journal(), q.from.kafka, q.from.database()};
  const auto state = seal_state(witnesses, asked.declared, "deploy", q.deep ? Depth::catalog : Depth::counted, q.until);
  if (q.deep && asked.located)
    compare(asked);
  else if (asked.located && state.seal && state.seal->facts)
    try_to(asked, [&] { count(asked, state); });
  conclude(asked, state, "mykartctl deploy");
}

void ask_rolled_back(const Asked& asked) {
  const auto& q = asked.q;
  const SealWitnesses witnesses{q.from.around.project, q.from.journal(), q.from.kafka, q.from.database()};
  const auto state = seal_state(witnesses, asked.declared, "rollback", Depth::catalog, q.until);
  if (asked.located && state.seal)
    try_to(asked, [&] {
      const auto p = transfer::reconcile_replay(q.from.database(), q.from.around.kafka, at(asked.declared, *asked.located),
                                                q.from.around.listener, q.until);
      if (!p.balanced) asked.check.result = Result::fail;
      asked.check.found = fmt::format("{} events = {} rows + {} dead letters + {} filtered, {} missing", format_count(p.events),
                                      format_count(p.rows), p.dead, p.filtered, p.missing);
    });
  conclude(asked, state, "mykartctl rollback");
}

}  // namespace

void ask_rows_in_topics(const Question& q) {
  Value answers{Value::List{}};
  for (const auto& declared : q.from.around.project.tables)
    ask(q.into, "rows-in-topic", to_string(declared.table), [&] {
      const auto name = to_string(declared.table);
      Check check{.id = "rows-in-topic",
                  .target = name,
                  .expected = q.deployed ? "every row in " + declared.topic : "every event of " + declared.topic};
      Value answer;
      answer.set("table", name).set("topic", declared.topic);
      const auto located = locate(q.from.around.project, declared, q.from.database(), q.until);
      const Asked asked{q, declared, located, check, answer};
      if (q.deployed)
        ask_deployed(asked);
      else
        ask_rolled_back(asked);
      answers.push(std::move(answer));
      q.into.push_back(std::move(check));
    });
  q.more.set("reconcile", std::move(answers));
}

/// One answer a topic, with all that is held of it.
void ask_retention(const Question& q) {
  if (!q.deployed) return;
  std::map<std::string, std::vector<HeldConfig>> by_topic;
  for (const auto& hold : q.from.journal().holds(q.until))
    if (q.from.around.project.topic(hold.topic) != nullptr) by_topic[hold.topic].push_back(hold);
  std::vector<std::string> names;
  for (const auto& [topic, holds] : by_topic) names.push_back(topic);
  const auto states = q.from.kafka.describe(names, q.until);
  for (const auto& [topic, holds] : by_topic)
    ask(q.into, "retention", topic, [&, &topic = topic, &holds = holds] {
      const auto& state = states.at(topic);
      if (!state) throw Error{state.error()};
      Check check{.id = "retention", .target = topic};
      std::vector<std::string> found, expected;
      for (const auto& hold : holds) {
        const auto value = config_text(*state, hold.key).value_or("?");
        if (!same_config(value, hold.value)) check.result = Result::fail;
        found.push_back(hold.key + "=" + value);
        expected.push_back(hold.key + "=" + hold.value);
      }
      check.found = join(found, ", ");
      check.expected = join(expected, ", ") + " until finalize";
      if (check.result != Result::ok) check.fix = "mykartctl topics apply " + topic;
      q.into.push_back(std::move(check));
    });
}

}  // namespace ctl::health
