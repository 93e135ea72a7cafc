#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "choose.hpp"
#include "core/text.hpp"
#include "job.hpp"
#include "session.hpp"
#include "transfer/transfer.hpp"

namespace ctl::cli {
namespace {

using namespace std::chrono_literals;

/// The event tables that were named by table or by topic; all without a name.
std::vector<EventTable> chosen_tables(Session& session) {
  const auto& names = session.arguments().names;
  std::vector<std::string> known;
  for (const auto& table : session.project().tables) known.insert(known.end(), {table.table.name, to_string(table.table), table.topic});
  static_cast<void>(chosen(names, known, "event table or topic"));
  std::vector<EventTable> tables;
  for (const auto& table : session.project().tables)
    if (names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
          return name == table.table.name || name == to_string(table.table) || name == table.topic;
        }))
      tables.push_back(table);
  return tables;
}

Job job_of(Session& session, Desk::Direction direction) {
  const bool backfill = direction == Desk::Direction::deploy;
  Job job{.command = backfill ? "events backfill" : "events replay", .direction = direction};
  for (const auto& table : chosen_tables(session)) {
    if (backfill) job.order.push_back({"topics", {Kind::topic, table.topic}});  // with the retention held open that old events need
    job.order.push_back({backfill ? "backfill" : "replay", {Kind::data, to_string(table.table)}});
  }
  return job;
}

/// With --follow again and again: the tail is the backfill called again.
Answer move(Session& session, Desk::Direction direction) {
  const auto job = job_of(session, direction);
  auto answer = carry_out(session, job);
  while (session.arguments().has("follow") && answer.exit == Exit::done && !session.arguments().has("dry-run")) {
    session.deadline().sleep(1s);
    session.deadline().check("following the tables");
    Work work{session.around(), job.command, direction, job.order, {}, session.deadline()};
    if (const auto plan = work.plan(session.deadline()); !plan.steps.empty()) static_cast<void>(work.run(plan, session.deadline()));
  }
  return answer;
}

Answer backfill(Session& session) { return move(session, Desk::Direction::deploy); }
Answer replay(Session& session) { return move(session, Desk::Direction::rollback); }

void add(Report& report, Table& summary, Table& examples, Value& list, const EventTable& table, const transfer::Parity& p) {
  const bool equal = p.equal();
  const auto number = [](std::uint64_t n) { return Cell{format_count(n), n > 0 ? Style::bad : Style::plain}; };
  summary.rows.push_back({{to_string(table.table)},
                          {format_count(p.rows)},
                          {format_count(p.in_topic)},
                          number(p.missing),
                          number(p.duplicate),
                          number(p.altered),
                          number(p.misplaced),
                          {equal ? "equal" : "DIFFERS", equal ? Style::good : Style::bad}});
  Value one, differences{Value::List{}};
  for (const auto& d : p.differences) {
    examples.rows.push_back({{fmt::format("{}", d.id)},
                             {d.at ? fmt::format("{}", d.at->first) : "-"},
                             {d.at ? fmt::format("{}", d.at->second) : "-"},
                             {std::string{transfer::to_string(d.what)}, Style::bad},
                             {table.table.name}});
    Value example;
    example.set("id", d.id).set("partition", d.at ? Value{d.at->first} : Value{}).set("offset", d.at ? Value{d.at->second} : Value{});
    differences.push(example.set("kind", transfer::to_string(d.what)));
  }
  one.set("table", to_string(table.table))
      .set("topic", table.topic)
      .set("rows", p.rows)
      .set("in_topic", p.in_topic)
      .set("application", p.application);
  one.set("missing", p.missing).set("duplicate", p.duplicate).set("altered", p.altered).set("misplaced", p.misplaced).set("extra", p.extra);
  list.push(one.set("verdict", equal ? "equal" : "differs").set("examples", std::move(differences)));
  report.names.push_back(to_string(table.table));
}

Answer reconcile(Session& session) {
  const auto& around = session.around();
  Sources sources{around, session.deadline()};
  Report report{.kind = "reconcile"};
  Table summary{.head = {"TABLE", "ROWS", "IN-TOPIC", "MISSING", "DUPLICATE", "ALTERED", "MISPLACED", "VERDICT"},
                .right = {1, 2, 3, 4, 5, 6}};
  Table examples{.head = {"ID", "PARTITION", "OFFSET", "KIND", "TABLE"}, .right = {0, 1, 2}};
  Value list{Value::List{}};
  bool equal = true;
  for (const auto& declared : chosen_tables(session)) {
    const auto located = locate(around.project, declared, sources.database(), session.deadline());
    if (!located)
      throw Error{
          Code::not_found,
          {.what = "there is no table " + to_string(declared.table), .where = to_string(declared.at), .hint = "mykartctl schema status"}};
    const auto parity =
        transfer::reconcile(sources.database(), around.kafka, at(declared, *located), session.listener(), session.deadline());
    equal = equal && parity.equal();
    add(report, summary, examples, list, declared, parity);
  }
  report.data.set("tables", std::move(list));
  report.blocks.emplace_back(std::move(summary));
  if (!examples.rows.empty()) report.blocks.emplace_back(std::move(examples));
  report.ok = equal;
  return {std::move(report), equal ? Exit::done : Exit::not_good};
}

constexpr std::array commands{
    Command{.path = "events backfill",
            .names = "[TABLE…]",
            .summary = "rows to topics, exactly once",
            .details = "What deploy does in its phases topics, backfill and tail, for some tables. Ends when every settled row is there.",
            .options = "follow rate yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl events backfill cart_events\nmykartctl events backfill --follow  # until Ctrl-C",
            .exits = "0 5",
            .run = backfill},
    Command{.path = "events replay",
            .names = "[TOPIC…]",
            .summary = "the application's events back into their tables, exactly once",
            .options = "follow rate max-dead-letters yes dry-run exit-code allow-destructive confirm",
            .examples = "mykartctl events replay mykart.clicks",
            .exits = "0 5",
            .run = replay},
    Command{.path = "events reconcile",
            .names = "[TABLE…]",
            .summary = "compare every row with every event",
            .details = "Ids, contents, partitions and order. Reads both sides completely; says which ids differ, and where.",
            .examples = "mykartctl events reconcile\nmykartctl events reconcile clicks -o json",
            .exits = "0 4",
            .run = reconcile},
};

}  // namespace

std::span<const Command> events_commands() noexcept { return commands; }

}  // namespace ctl::cli
