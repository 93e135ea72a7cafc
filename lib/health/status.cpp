#include "health/status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "health/proofs.hpp"
#include "health/status_parts.hpp"
#include "postgres/catalog.hpp"
#include "transfer/transfer.hpp"

namespace ctl::health {
namespace {

struct Standing {
  Journey journey{};
  Known<Proofs> proofs{};
};

Standing standing(Sources& from, const Deadline& until) {
  Standing now{.journey = journey(from, until)};
  now.proofs = attempt([&] { return proofs(from, now.journey, until); });
  if (now.proofs) conclude(now.journey, *now.proofs);
  return now;
}

/// A proof that no longer holds is a problem, whatever the last run has ended with; one that was never made is not.
void say_proofs(Answer& answer, const Project& project, const Known<Proofs>& proofs) {
  if (!proofs) return answer.unknown("migration.proofs", proofs.error());
  for (std::size_t i = 0; i < proofs->seals.size(); ++i) {
    const auto& state = proofs->seals[i];
    const auto name = to_string(project.tables[i].table);
    if (state.kind == SealState::Kind::unknown)
      answer.unknown("tables[" + name + "].reconciled", Error{Code::failed, {.what = "its proof is " + to_string(state)}});
    else if (state.kind == SealState::Kind::changed)
      answer.problem("seal", name, "its proof holds " + to_string(state), "mykartctl verify", true);
    else if (state.kind == SealState::Kind::absent && proofs->at_the_end)
      answer.problem("seal", name, "is not proved, or no longer", "mykartctl " + proofs->direction, true);
  }
}

void say_migration(Answer& answer, const Project& project, const Known<Standing>& known) {
  Value m, lock;
  if (!known) {
    answer.unknown("migration", known.error());
    answer.report.line("migration: not known: " + one_line(known.error()), Style::bad);
    answer.report.data.set("migration", Value{});
    return;
  }
  const auto& j = known->journey;
  if (j.holder)
    lock.set("holder", j.holder->who + "@" + j.holder->host)
        .set("pid", j.holder->pid)
        .set("command", j.holder->command)
        .set("since", format_instant(j.holder->since));
  m.set("run", j.run ? Value{j.run->id} : Value{})
      .set("direction", j.run ? Value{j.run->direction} : Value{})
      .set("phase", j.phase)
      .set("state", j.state);
  m.set("waiting_for", j.waiting_for.empty() ? Value{} : Value{j.waiting_for})
      .set("since", j.run ? Value{format_instant(j.run->started)} : Value{})
      .set("next", j.next);
  m.set("rollback_possible", j.run && j.run->direction == "deploy").set("lock", std::move(lock));
  answer.report.data.set("migration", std::move(m));

  std::string text = "migration: " + j.state;
  if (j.run)
    text += fmt::format(" ({}, run {}, phase {}, {})", j.run->direction, j.run->id, j.phase.empty() ? "-" : j.phase,
                        format_instant(j.run->started));
  if (!j.run || j.state == "none") text = "migration: none";
  if (j.run && !j.run->detail.empty() && j.state != "sealed") text += ": " + j.run->detail;
  if (j.state == "reached" && j.run->direction == "rollback" && known->proofs && known->proofs->to_replay.value_or(0) > 0)
    text += fmt::format(": at most {} are still to be replayed", counted(static_cast<std::uint64_t>(*known->proofs->to_replay), "event"));
  const bool bad = j.state == "failed" || j.state == "in_doubt" || j.state == "unsealed";
  answer.good = answer.good && !bad;
  answer.report.line(text, bad ? Style::bad : j.state == "waiting" ? Style::warn : Style::plain);
  if (j.holder)
    answer.report.line(fmt::format("lock: {}@{} (pid {}) runs {} since {}", j.holder->who, j.holder->host, j.holder->pid, j.holder->command,
                                   format_instant(j.holder->since)));
  if (!j.next.empty()) answer.report.line("next: " + j.next);
  say_proofs(answer, project, known->proofs);
}

std::string state_of(const std::optional<Located>& located, const std::optional<transfer::Checkpoint>& copied, std::int64_t behind,
                     const std::optional<Run>& run) {
  if (!located) return "missing";
  if (located->retired) return "retired";
  if (located->fenced) return "fenced";
  if (run && run->direction == "rollback") return "restored";
  if (!copied) return "live";
  return behind > 0 ? "copying" : "tailing";
}

/// The copy cannot go on: "BEHIND 0" would then be no good news.
void say_conflict(Answer& answer, Sources& from, const EventTable& table, const transfer::Checkpoint& copied,
                  std::optional<std::int64_t> newest, const Deadline& until) {
  const auto found = attempt([&] { return transfer::conflict_with(copied, from.database(), from.kafka, table, newest, until); });
  const auto name = to_string(table.table);
  if (!found)
    answer.unknown("tables[" + name + "].checkpoint", found.error());
  else if (*found)
    answer.problem("checkpoint", name, (*found)->what(), (*found)->text().hint, true);
}

Cell proved_cell(const std::optional<SealState>& state) {
  if (!state) return {"?", Style::bad};
  switch (state->kind) {
    case SealState::Kind::absent: return {"-"};
    case SealState::Kind::holds: return {"yes", Style::good};
    case SealState::Kind::changed: return {"NO LONGER", Style::bad};
    case SealState::Kind::unknown: return {"?", Style::bad};
  }
  return {};
}

void say_tables(Answer& answer, Sources& from, const Known<Standing>& standing, const Deadline& until) {
  Value list{Value::List{}};
  Table table{.head = {"TABLE", "TOPIC", "STATE", "ROWS~", "BEHIND", "PROVED"}, .right = {3, 4}};
  const auto run = from.session() ? attempt([&] { return from.journal().last_migration(until); }) : Known<std::optional<Run>>{};
  for (std::size_t i = 0; i < from.around.project.tables.size(); ++i) {
    const auto& declared = from.around.project.tables[i];
    std::optional<SealState> proof;
    if (standing && standing->proofs) proof = i < standing->proofs->seals.size() ? standing->proofs->seals[i] : SealState{};
    const auto name = to_string(declared.table);
    Value one;
    one.set("table", name).set("topic", declared.topic);
    const auto known = attempt([&] {
      const auto located = locate(from.around.project, declared, from.database(), until);
      std::optional<std::int64_t> newest;
      if (located) newest = transfer::newest_id(from.database(), at(declared, *located), until);
      const auto copied = attempt([&] {
        return transfer::visible_checkpoint(from.around.kafka, transfer::identity(from.database(), declared, until), from.around.listener,
                                            until)
            .last;
      });
      if (!copied) answer.unknown("tables[" + name + "].copied_to_id", copied.error());
      const auto last = copied && *copied ? (*copied)->last_id : std::nullopt;
      if (located && !located->retired && last) say_conflict(answer, from, at(declared, *located), **copied, newest, until);
      const auto behind = transfer::rows_behind(newest, last);
      const auto state = state_of(located, copied ? *copied : std::nullopt, behind, run ? *run : std::nullopt);
      const bool moving = state == "copying" || state == "tailing" || state == "fenced" || state == "live";
      const auto rows = located ? located->info.rows_estimate : 0;
      one.set("state", state)
          .set("rows_estimate", rows)
          .set("copied_to_id", last ? Value{*last} : Value{})
          .set("behind_rows", moving ? Value{behind} : Value{0});
      const bool told = proof && proof->kind != SealState::Kind::unknown;
      one.set("reconciled", told ? Value{proof->holds()} : Value{}).set("dead_letters_open", 0);
      table.rows.push_back({{name},
                            {declared.topic},
                            {state},
                            {format_count(static_cast<std::uint64_t>(rows))},
                            {moving ? format_count(static_cast<std::uint64_t>(behind)) : "-"},
                            proved_cell(proof)});
    });
    if (!known) {
      answer.unknown("tables[" + name + "]", known.error());
      one.set("state", Value{})
          .set("rows_estimate", Value{})
          .set("copied_to_id", Value{})
          .set("behind_rows", Value{})
          .set("reconciled", Value{})
          .set("dead_letters_open", Value{});
      table.rows.push_back({{name}, {declared.topic}, {"unknown", Style::bad}, {"?"}, {"?"}, proved_cell(proof)});
    }
    list.push(std::move(one));
  }
  answer.report.data.set("tables", std::move(list));
  answer.report.blocks.emplace_back(std::move(table));
}

}  // namespace

void Answer::unknown(std::string path, const Error& why) {
  good = false;
  report.unknown.push_back({std::move(path), one_line(why)});
}

void Answer::problem(std::string rule, std::string resource, std::string message, std::string todo, bool is_error) {
  good = good && !is_error;
  Value one;
  one.set("rule", rule).set("severity", is_error ? "error" : "warning").set("resource", resource).set("message", message).set("try", todo);
  problems.push(std::move(one));
  problem_lines.push_back(
      {fmt::format("{}: {}{}", resource, message, todo.empty() ? "" : "; try: " + todo), is_error ? Style::bad : Style::warn});
}

Status status(Sources& from, const Deadline& until) {
  Answer answer{.report = {.kind = "status"}};
  say_servers(answer, from, until);
  const auto now = attempt([&] { return standing(from, until); });
  say_migration(answer, from.around.project, now);
  say_application(answer, from, until);
  say_tables(answer, from, now, until);
  say_topics(answer, from, until);
  say_connectors(answer, from, until);
  say_groups(answer, from, until);
  answer.report.data.set("problems", std::move(answer.problems));
  for (auto& line : answer.problem_lines) answer.report.line(line.text, line.style);
  return {std::move(answer.report), answer.good};
}

}  // namespace ctl::health
