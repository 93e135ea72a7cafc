#include "apply/parity_handler.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/data_handler.hpp"
#include "core/text.hpp"
#include "transfer/transfer.hpp"

namespace ctl {
namespace {

std::string describe(const transfer::Parity& parity) {
  auto text = fmt::format("{} missing, {} duplicate, {} altered, {} misplaced, {} extra", parity.missing, parity.duplicate, parity.altered,
                          parity.misplaced, parity.extra);
  if (parity.waiting > 0) text += fmt::format(", {} not moved yet", parity.waiting);
  for (std::size_t i = 0; i < std::min<std::size_t>(parity.differences.size(), 5); ++i) {
    const auto& d = parity.differences[i];
    text += fmt::format("; {} id {}", transfer::to_string(d.what), d.id);
    if (d.at) text += fmt::format(" at partition {} offset {}", d.at->first, d.at->second);
  }
  return text;
}

std::string describe(const transfer::ReplayParity& parity) {
  auto text = fmt::format("{} events, {} rows, {} dead letters, {} filtered, {} from the table, {} missing, {} changed since",
                          parity.events, parity.rows, parity.dead, parity.filtered, parity.from_table, parity.missing, parity.changed);
  for (std::size_t i = 0; i < std::min<std::size_t>(parity.differences.size(), 5); ++i) {
    const auto& d = parity.differences[i];
    text += d.id == 0 ? fmt::format("; no row of the event at partition {} offset {}", d.at->first, d.at->second)
                      : fmt::format("; id {} is not the event at partition {} offset {}", d.id, d.at->first, d.at->second);
  }
  return text;
}

/// Only what is missing can be mended where it is.
std::string way_on(const transfer::Parity& parity, const EventTable& table) {
  if (parity.duplicate + parity.altered + parity.misplaced + parity.extra == 0) return "mykartctl events reconcile " + table.table.name;
  return fmt::format(
      "mykartctl events reconcile {} names each. Nothing can be taken back from a topic: name another one than {} in "
      "topics.yaml, and deploy copies the table into that",
      table.table.name, table.topic);
}

}  // namespace

std::optional<Step> ParityHandler::look(const Resource& resource, const Deadline& until) {
  const auto& declared = event_table(desk_, resource.name);
  const bool rollback = desk_.direction == Desk::Direction::rollback;
  const auto located = locate(desk_, declared, until);
  if (!located && contracted(desk_, until)) return std::nullopt;
  // Retired tables have been counted under their lock, and the application goes on with those that are back.
  const bool counts = !rollback && located && !located->retired;
  const auto depth = counts ? health::Depth::counted : health::Depth::catalog;
  const auto state = health::seal_state(witnesses(desk_), declared, to_string(desk_.direction), depth, until);
  if (state.holds()) return std::nullopt;
  Step step{.resource = resource,
            .action = Action::run,
            .summary = rollback ? "every event is a row or a dead letter" : "every row is in " + declared.topic,
            .precondition = digest_of(std::vector<std::string>{resource.name, declared.topic})};
  if (state.kind != health::SealState::Kind::absent) {
    step.why = "what was proved is " + to_string(state);
    step.summary += " (again: " + (state.changes.empty() ? state.why : state.changes.front()) + ")";
  }
  return step;
}

void ParityHandler::seal(const EventTable& declared, Seal seal, const Deadline& until) const {
  auto& run = desk_.writing();
  seal.table = to_string(declared.table);
  seal.topic = declared.topic;
  seal.direction = to_string(desk_.direction);
  seal.last_id = seal.facts->table.last_id;
  for (const auto& [partition, offsets] : seal.facts->topic.partitions) seal.ends[partition] = offsets.end;
  seal.at = now();
  seal.run = run.id();
  run.journal().seal(seal, until);
  const auto state = health::seal_state(witnesses(desk_), declared, seal.direction, health::Depth::catalog, until);
  if (state.holds()) return;
  run.journal().unseal(seal.table, seal.direction, until);
  throw Error{Code::mismatch,
              {.what = fmt::format("{} and {} changed while they were compared", seal.table, seal.topic),
               .cause = to_string(state),
               .hint = fmt::format("mykartctl {} (again)", seal.direction)}};
}

void ParityHandler::prove_rows(const EventTable& declared, const Located& located, const Deadline& until, Listener& to) const {
  const auto table = at(declared, located);
  auto facts = health::seal_facts(witnesses(desk_), declared, located, health::Depth::counted, until);
  const auto parity = transfer::reconcile(desk_.database(), desk_.around.kafka, table, {}, to, until);
  if (!parity.equal())
    throw Error{Code::mismatch,
                {.what = fmt::format("{} and {} differ: {} rows, {} events", to_string(table.table), table.topic, format_count(parity.rows),
                                     format_count(parity.in_topic)),
                 .cause = describe(parity),
                 .hint = way_on(parity, table)}};
  for (const auto& [partition, end] : parity.ends) facts.topic.partitions[partition].end = end;
  seal(declared, {.digest = parity.digest, .rows = parity.rows, .events = parity.in_topic, .facts = std::move(facts)}, until);
  to.progress({.task = "compare " + table.table.name,
               .done = parity.rows,
               .outcome = fmt::format("= {} events, 0 missing, 0 duplicate, 0 altered", format_count(parity.in_topic))});
}

void ParityHandler::prove_events(const EventTable& declared, const Located& located, const Deadline& until, Listener& to) const {
  const auto table = at(declared, located);
  to.progress({.task = "compare " + table.table.name, .unit = "events"});
  auto facts = health::seal_facts(witnesses(desk_), declared, located, health::Depth::catalog, until);
  const auto parity = transfer::reconcile_replay(desk_.database(), desk_.around.kafka, table, to, until);
  if (!parity.balanced)
    throw Error{Code::mismatch, {.what = fmt::format("the ledger of {} is not balanced", table.topic), .cause = describe(parity)}};
  seal(declared, {.rows = parity.rows, .events = parity.events, .facts = std::move(facts)}, until);
  to.progress({.task = "compare " + table.table.name,
               .done = parity.events + parity.from_table,
               .unit = "events",
               .outcome = fmt::format("= {} rows + {} dead letters + {} from the table", format_count(parity.rows), parity.dead,
                                      format_count(parity.from_table))});
}

void ParityHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  const auto& declared = event_table(desk_, step.resource.name);
  const auto located = locate(desk_, declared, until);
  if (!located) throw Error{Code::not_found, {.what = "table " + step.resource.name + " is gone"}};
  if (desk_.direction == Desk::Direction::rollback) return prove_events(declared, *located, until, to);
  prove_rows(declared, *located, until, to);
}

}  // namespace ctl
