#include "apply/data_handler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/text.hpp"
#include "sql/queries.hpp"

namespace ctl {
namespace {

constexpr std::uint64_t ids_in_journal = 100;

}  // namespace

const EventTable& event_table(const Desk& desk, const std::string& name) {
  for (const auto& table : desk.around.project.tables)
    if (to_string(table.table) == name || table.table.name == name) return table;
  std::vector<std::string> known;
  for (const auto& table : desk.around.project.tables) known.push_back(to_string(table.table));
  const auto near = nearest(name, known);
  throw Error{Code::not_found,
              {.what = "no topic in the manifest has the source table " + name,
               .where = desk.around.project.file,
               .hint = near ? "did you mean " + *near + "?" : "declared are: " + join(known, ", ")}};
}

std::optional<Step> DataHandler::look(const Resource& resource, const Deadline& until) {
  const auto& declared = event_table(desk_, resource.name);
  const auto located = locate(desk_, declared, until);
  if (!located) return std::nullopt;  // a later migration may make it, or finalize has dropped it
  std::vector<std::string> facts{declared.table.name, declared.topic};
  for (const auto& column : located->info.columns) facts.push_back(column.name + " " + column.type);
  Step step{.resource = resource, .action = Action::run, .precondition = digest_of(facts)};
  if (options_.holes != nullptr) return look_at_holes(std::move(step), declared);
  return desk_.direction == Desk::Direction::rollback ? look_at_events(std::move(step), declared, *located, until)
                                                      : look_at_rows(std::move(step), declared, *located, until);
}

std::optional<Step> DataHandler::look_at_rows(Step step, const EventTable& declared, const Located& located, const Deadline& until) const {
  if (located.retired) return std::nullopt;  // nothing can arrive there any more
  if (located.info.sequence && located.info.sequence->cache > 1) {
    step.action = Action::blocked;
    step.why = fmt::format("{} hands out ids in blocks of {}: a row could arrive below what was copied", located.info.sequence->name,
                           located.info.sequence->cache);
    step.remedy = fmt::format("alter sequence {} cache 1", located.info.sequence->name);
    return step;
  }
  const auto newest = desk_.database().query(
      sql::newest_id,
      postgres::Names{{"schema", located.info.table.schema}, {"table", located.info.table.name}, {"id", declared.id_column}}, until);
  const auto top = newest.at(0, "id");
  if (!top) return std::nullopt;
  const auto done =
      transfer::read_checkpoint(desk_.around.kafka, transfer::identity(desk_.database(), declared, until), desk_.around.listener, until);
  const auto last = done ? done->last_id : std::nullopt;
  if (last && *last >= parse_integer(*top).value_or(0)) return std::nullopt;
  const auto rows = static_cast<std::uint64_t>(std::max<std::int64_t>(located.info.rows_estimate, 0)),
             bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(located.info.bytes, 0));
  step.phase = last ? "tail" : "backfill";
  step.rows = last ? static_cast<std::uint64_t>(parse_integer(*top).value_or(0) - *last) : rows;
  step.bytes = rows > 0 ? bytes / rows * step.rows : 0;
  step.summary = last ? fmt::format("rows after id {}, to {}", *last, declared.topic)
                      : fmt::format("~{} rows, {}, to {}", format_count(rows), format_bytes(bytes), declared.topic);
  return step;
}

const transfer::Parity* DataHandler::open_holes(const EventTable& declared) const {
  const auto name = to_string(declared.table);
  const auto found = options_.holes->find(name);
  return found == options_.holes->end() || found->second.missing == 0 || repaired_.contains(name) ? nullptr : &found->second;
}

std::optional<Step> DataHandler::look_at_holes(Step step, const EventTable& declared) const {
  const auto* seen = open_holes(declared);
  if (seen == nullptr) return std::nullopt;
  step.phase = "repair";
  step.rows = seen->missing;
  step.undo = Undo::none;
  step.summary = fmt::format("{} that {} lacks, marked as late", counted(seen->missing, "row"), declared.topic);
  if (seen->moved_to) return step;
  step.action = Action::blocked;
  step.why = fmt::format("{} has no checkpoint: what is in it was not brought by this tool, and a backfill would bring all of it again",
                         declared.topic);
  step.remedy = "an empty topic, and mykartctl events backfill " + declared.table.name;
  return step;
}

Value DataHandler::before_image(const Step& step, const Deadline&) {
  Value before;
  if (options_.holes == nullptr) return before;
  const auto* seen = open_holes(event_table(desk_, step.resource.name));
  if (seen == nullptr) return before;
  Value ids{Value::List{}}, ends{Value::Map{}};
  seen->holes.without({}, ids_in_journal, [&](std::int64_t id) { ids.push(id); });
  for (const auto& [partition, end] : seen->ends) ends.set(std::to_string(partition), end);
  return before.set("missing", seen->missing).set("first_ids", std::move(ids)).set("ends", std::move(ends));
}

std::optional<Step> DataHandler::look_at_events(Step step, const EventTable& declared, const Located& located,
                                                const Deadline& until) const {
  if (located.retired) {  // shown in the plan; by the time it is its turn, the table is back
    step.phase = "replay";
    step.summary = "events of " + declared.topic + " made since the switch";
    return step;
  }
  const auto behind = transfer::replay_behind(desk_.database(), desk_.around.kafka, at(declared, located), desk_.around.listener, until);
  const auto left =
      std::accumulate(behind.begin(), behind.end(), std::int64_t{0}, [](std::int64_t sum, const auto& one) { return sum + one.second; });
  if (left == 0) return std::nullopt;
  step.phase = "replay";
  step.rows = static_cast<std::uint64_t>(left);
  step.summary = fmt::format("at most {} events of {}", format_count(static_cast<std::uint64_t>(left)), declared.topic);
  return step;
}

void DataHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  auto& run = desk_.writing();
  const auto& declared = event_table(desk_, step.resource.name);
  const auto located = locate(desk_, declared, until);
  if (!located) throw Error{Code::not_found, {.what = "table " + step.resource.name + " is gone"}};
  if (options_.holes != nullptr) {
    if (const auto* seen = open_holes(declared))
      static_cast<void>(transfer::repair(desk_.around.database, desk_.around.kafka, at(declared, *located), *seen, to, until));
    repaired_.insert(to_string(declared.table));
    return;
  }
  if (desk_.direction == Desk::Direction::rollback) {
    transfer::Replay replay{desk_.around.database,
                            desk_.around.kafka,
                            at(declared, *located),
                            {.run = run.id(), .max_dead = options_.max_dead, .rate = options_.rate},
                            to};
    run.journal().unseal(to_string(declared.table), "rollback", until);  // more events than the ones that were proved
    static_cast<void>(replay.run(until));
    return until.check("replaying " + declared.topic);
  }
  transfer::Mover mover{desk_.around.database, desk_.around.kafka, at(declared, *located), {.rate = options_.rate}, to};
  static_cast<void>(mover.catch_up(until));
  until.check("moving " + step.resource.name);
}

}  // namespace ctl
