#include "apply/data_handler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/text.hpp"
#include "health/event_rows.hpp"
#include "health/proved_topic.hpp"
#include "health/readers.hpp"
#include "postgres/catalog.hpp"
#include "transfer/table_problems.hpp"

namespace ctl {
namespace {

constexpr std::uint64_t ids_in_journal = 100;
constexpr std::uint64_t few_rows = 500'000;  ///< so many are looked at one by one whenever a plan is made
constexpr std::chrono::seconds long_look{10};

/// Passes notes on. The tail tells its own progress; that of each of its short rounds would be noise.
class Notes : public Listener {
 public:
  explicit Notes(Listener& to) : to_{to} {}
  void note(Level level, std::string_view text) override { to_.note(level, text); }
  void progress(const Progress&) override {}

 private:
  Listener& to_;
};

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

struct DataHandler::Tail {
  EventTable table;
  Notes notes;
  std::optional<transfer::Mover> mover{};  ///< of a deploy
  std::uint64_t done{};
  Deadline::clock::time_point current{Deadline::clock::now()};  ///< whatever was there then is moved
};

std::optional<Step> DataHandler::look(const Resource& resource, const Deadline& until) {
  const auto& declared = event_table(desk_, resource.name);
  const auto located = locate(desk_, declared, until);
  if (!located) {
    const auto kind = health::other_kind(desk_.database(), declared, until);
    if (!kind) return std::nullopt;  // a later migration may make it, or finalize has dropped it
    Step step{.resource = resource, .action = Action::run};
    step.block(health::no_source(declared, *kind), std::string{health::name_a_table});
    return step;
  }
  std::vector<std::string> facts{declared.table.name, declared.topic};
  for (const auto& column : located->info.columns) facts.push_back(column.name + " " + column.type);
  Step step{.resource = resource, .action = Action::run, .precondition = digest_of(facts)};
  if (options_.holes != nullptr) return look_at_holes(std::move(step), declared);
  return desk_.direction == Desk::Direction::rollback ? look_at_events(std::move(step), declared, *located, until)
                                                      : look_at_rows(std::move(step), declared, *located, until);
}

std::optional<Step> DataHandler::look_at_rows(Step step, const EventTable& declared, const Located& located, const Deadline& until) const {
  if (located.retired) return std::nullopt;  // nothing can arrive there any more
  if (const auto found = disorder(located)) {
    step.block(found->why, found->remedy);
    return step;
  }
  if (const auto words = postgres::unknown_time_zone(desk_.database(), declared.time_zone, until)) {
    step.block("PostgreSQL does not know the time zone of its times: " + *words, "correct source.time_zone in " + to_string(declared.at));
    return step;
  }
  if (const auto problems = transfer::table_problems(at(declared, located), located.info); !problems.empty()) {
    std::vector<std::string> all;
    for (const auto& problem : problems) all.emplace_back(problem.what());
    step.block(join(all, "; "), problems.front().text().hint);
    return step;
  }
  const auto left =
      transfer::unmoved(desk_.database(), desk_.around.kafka, at(declared, located), located.info, desk_.around.listener, until);
  if (left.conflict && left.adoptable && options_.adopt) {
    step.phase = "backfill";
    step.rows = left.rows;
    step.undo = Undo::none;
    step.summary = "the events that are in " + declared.topic + ", if they are what the rows say, and rows behind them";
    step.why = left.conflict->what();
    step.readers = readers_of(declared.topic, until);
    return step;
  }
  if (left.conflict) {
    step.block(left.conflict->what(), left.conflict->text().hint);
    return step;
  }
  if (!left.newest || (left.last_id && *left.last_id >= *left.newest)) return std::nullopt;
  step.phase = left.last_id ? "tail" : "backfill";
  step.rows = left.rows;
  step.bytes = left.bytes;
  step.summary = left.last_id ? fmt::format("rows after id {}, to {}", *left.last_id, declared.topic)
                              : fmt::format("~{} rows, {}, to {}", format_count(left.rows), format_bytes(left.bytes), declared.topic);
  step.readers = readers_of(declared.topic, until);
  if (left.rows <= few_rows) look_at_values(step, at(declared, located), left, until);
  return step;
}

/// Of a table that is read in a second or two. Of a larger one preflight tells, which deploy begins with.
void DataHandler::look_at_values(Step& step, const EventTable& table, const transfer::Unmoved& left, const Deadline& until) const {
  Notes quiet{desk_.around.listener};
  const auto asked = attempt([&] { return health::look_at_rows(desk_.around, desk_.kafka, table, left, until.within(long_look), quiet); });
  if (!asked) {
    quiet.note(Listener::Level::warn,
               fmt::format("nobody can tell whether all rows of {} can be events: {}", to_string(table.table), asked.error().what()));
    return;
  }
  std::vector<std::string> refused;
  for (const auto& hazard : asked->rows.found) {
    if (refuses(hazard))
      refused.push_back(describe(hazard, asked->limits));
    else
      step.summary += fmt::format(", {} with microseconds", format_count(hazard.rows));
  }
  if (refused.empty()) return;
  const auto first = std::find_if(asked->rows.found.begin(), asked->rows.found.end(), transfer::refuses);
  step.block(join(refused, "; "), remedy(*first, asked->limits, table));
}

std::vector<Step::Reader> DataHandler::readers_of(const std::string& topic, const Deadline& until) const {
  if (!readers_) {
    auto asked = attempt([&] { return health::readers(desk_.kafka, health::event_topics(desk_.around.project), until); });
    if (!asked)
      desk_.around.listener.note(Listener::Level::warn,
                                 fmt::format("nobody can tell which groups will read the old events: {}", asked.error().what()));
    readers_ = asked ? std::move(*asked) : std::map<std::string, std::vector<std::string>>{};
  }
  std::vector<Step::Reader> found;
  if (const auto groups = readers_->find(topic); groups != readers_->end())
    for (const auto& group : groups->second) found.push_back({group, topic});
  return found;
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
  if (!seen->moved_to)
    step.block(fmt::format("{} has no checkpoint: what is in it was not brought by this tool, and a backfill would bring all of it again",
                           declared.topic),
               "an empty topic, and mykartctl events backfill " + declared.table.name);
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

std::int64_t DataHandler::behind(const EventTable& table, const Deadline& until) const {
  const auto all = transfer::replay_behind(desk_.database(), desk_.around.kafka, table, desk_.around.listener, until);
  return std::accumulate(all.begin(), all.end(), std::int64_t{0}, [](std::int64_t sum, const auto& one) { return sum + one.second; });
}

std::optional<Step> DataHandler::look_at_events(Step step, const EventTable& declared, const Located& located,
                                                const Deadline& until) const {
  if (located.retired) {  // shown in the plan; by the time it is its turn, the table is back
    step.phase = "replay";
    step.summary = "events of " + declared.topic + " made since the switch";
    return step;
  }
  const auto left = behind(at(declared, located), until);
  if (left == 0) return std::nullopt;
  step.phase = "replay";
  step.rows = static_cast<std::uint64_t>(left);
  step.summary = fmt::format("at most {} events of {}", format_count(static_cast<std::uint64_t>(left)), declared.topic);
  return step;
}

EventTable DataHandler::begin(const EventTable& declared, const Deadline& until) const {
  auto& journal = desk_.writing().journal();
  const auto located = locate(desk_, declared, until);
  if (!located) throw Error{Code::not_found, {.what = "table " + to_string(declared.table) + " is gone"}};
  if (!located->retired || options_.holes != nullptr)                              // else nothing can come
    journal.unseal(to_string(declared.table), to_string(desk_.direction), until);  // more than what was proved
  return at(declared, *located);
}

transfer::Replay DataHandler::replay(const EventTable& table, const Deadline& until, Listener& to) const {
  return {desk_.around.database,
          desk_.around.kafka,
          table,
          {.run = desk_.writing().id(),
           .max_dead = options_.max_dead,
           .rate = options_.rate,
           .accept_loss = options_.accept_loss,
           .proved = health::proved_topic(desk_.journal().seals(until), table)},
          to};
}

void DataHandler::apply(const Step& step, const Deadline& until, Listener& to) {
  const auto& declared = event_table(desk_, step.resource.name);
  const auto table = begin(declared, until);
  if (options_.holes != nullptr) {
    if (const auto* seen = open_holes(declared))
      static_cast<void>(transfer::repair(desk_.around.database, desk_.around.kafka, table, *seen, to, until));
    repaired_.insert(to_string(declared.table));
    return;
  }
  if (desk_.direction == Desk::Direction::rollback) {
    static_cast<void>(replay(table, until, to).run(until));
    return until.check("replaying " + declared.topic);
  }
  if (options_.adopt) adopt(declared, table, until, to);
  transfer::Mover mover{desk_.around.database, desk_.around.kafka, table, {.rate = options_.rate}, to};
  static_cast<void>(mover.catch_up(until));
  until.check("moving " + step.resource.name);
}

/// Whatever has a checkpoint, or nothing to adopt, is moved as ever.
void DataHandler::adopt(const EventTable& declared, const EventTable& table, const Deadline& until, Listener& to) const {
  const auto located = locate(desk_, declared, until);
  if (!located) return;
  const auto left = transfer::unmoved(desk_.database(), desk_.around.kafka, table, located->info, to, until);
  if (!left.conflict || !left.adoptable) return;
  const auto adopted = transfer::adopt(desk_.around.database, desk_.around.kafka, table, to, until);
  auto text =
      fmt::format("{}: {} of its rows adopted, to id {}", declared.topic, counted(adopted.events, "event"), adopted.last_id.value_or(0));
  if (adopted.missing > 0)
    text += fmt::format("; {} below that has none: mykartctl events reconcile {} --repair", counted(adopted.missing, "row"),
                        declared.table.name);
  to.note(Listener::Level::info, text);
}

void DataHandler::follow(const Resource& resource, const Deadline& until, Listener& to) {
  const auto& declared = event_table(desk_, resource.name);
  auto& tail = tails_[resource.name];
  if (!tail) {
    tail.reset(new Tail{.table = begin(declared, until), .notes = Notes{to}});
    if (desk_.direction == Desk::Direction::deploy)
      tail->mover.emplace(desk_.around.database, desk_.around.kafka, tail->table, transfer::MoveOptions{.rate = options_.rate},
                          tail->notes);
  }
  const auto begun = Deadline::clock::now();
  Progress::Lag lag;
  bool caught_up = true;
  if (tail->mover) {
    const auto moved = tail->mover->catch_up(until);
    tail->done += moved.rows;
    caught_up = moved.caught_up;
    const auto newest = transfer::newest_id(desk_.database(), tail->table, until);
    lag.rows = static_cast<std::uint64_t>(std::max<std::int64_t>(transfer::rows_behind(newest, moved.last_id), 0));
  } else {
    for (const auto& [partition, ledger] : replay(tail->table, until, tail->notes).run(until)) tail->done += ledger.delivered;
    lag.rows = static_cast<std::uint64_t>(behind(tail->table, until));
  }
  if (caught_up) tail->current = begun;
  lag.time = std::chrono::duration_cast<std::chrono::milliseconds>(Deadline::clock::now() - tail->current);
  to.progress({.task = "tail " + declared.table.name, .done = tail->done, .unit = tail->mover ? "rows" : "events", .lag = lag});
}

}  // namespace ctl
