#include <fmt/format.h>

#include "core/text.hpp"
#include "health/views.hpp"

namespace ctl::health {
namespace {

std::string took(Millis from, const std::optional<Millis>& to) { return to ? format_took(*to - from) : "-"; }
Value instant(const std::optional<Millis>& at) { return at ? Value{format_instant(*at)} : Value{}; }
std::string result_of(const Run& run) { return run.result.empty() ? "running or in doubt" : run.result; }

Style style_of(std::string_view result) {
  return result == "done" ? Style::good : result == "waiting" ? Style::warn : result.empty() ? Style::plain : Style::bad;
}

Report one_run(Sources& from, std::int64_t id, const Deadline& until) {
  Report report{.kind = "history"};
  Value list{Value::List{}};
  Table table{.head = {"#", "STEP", "ACTION", "RESULT", "TOOK", "DETAIL"}, .right = {0}};
  for (const auto& entry : from.journal().steps(id, until)) {
    const std::string result = !entry.verdict ? "in doubt" : *entry.verdict == Verdict::done ? "done" : "failed";
    const auto step = entry.kind + "/" + entry.name;
    table.rows.push_back({{fmt::format("{}", entry.seq)},
                          {step},
                          {entry.action},
                          {result, style_of(result)},
                          {took(entry.started, entry.finished)},
                          {entry.detail}});
    Value one;
    one.set("seq", entry.seq)
        .set("id", step)
        .set("phase", entry.phase)
        .set("action", entry.action)
        .set("result", !entry.verdict ? "in_doubt" : result);
    list.push(one.set("started", format_instant(entry.started)).set("finished", instant(entry.finished)).set("detail", entry.detail));
  }
  if (list.list()->empty())
    throw Error{Code::not_found, {.what = fmt::format("run {} has no steps in the journal", id), .hint = "mykartctl history"}};
  report.data.set("run", id).set("steps", std::move(list));
  report.blocks.emplace_back(std::move(table));
  return report;
}

}  // namespace

Report history(Sources& from, const HistoryQuery& query, const Deadline& until) {
  if (query.run) return one_run(from, *query.run, until);
  Report report{.kind = "history"};
  Value list{Value::List{}};
  Table table{.head = {"RUN", "COMMAND", "CONTEXT", "WHO", "STARTED", "TOOK", "RESULT"}, .right = {0}};
  for (const auto& run : from.journal().runs(query.limit, until)) {
    if (query.since && run.started < *query.since) continue;
    if (query.failed && (run.result == "done" || run.result == "waiting")) continue;
    const auto who = run.who + "@" + run.host;
    table.rows.push_back({{fmt::format("{}", run.id)},
                          {run.command},
                          {run.context},
                          {who},
                          {format_instant(run.started)},
                          {took(run.started, run.finished)},
                          {result_of(run), style_of(run.result)}});
    Value one;
    one.set("run", run.id)
        .set("command", run.command)
        .set("direction", run.direction.empty() ? Value{} : Value{run.direction})
        .set("context", run.context)
        .set("who", who);
    one.set("started", format_instant(run.started))
        .set("finished", instant(run.finished))
        .set("result", run.result.empty() ? Value{} : Value{run.result});
    list.push(one.set("detail", run.detail).set("version", run.version));
    report.names.push_back(fmt::format("{}", run.id));
  }
  report.data.set("runs", std::move(list));
  if (table.rows.empty())
    return report.line(from.journal().present() ? "no run matches" : "migration: none (this database has no journal yet)"), report;
  report.blocks.emplace_back(std::move(table));
  return report;
}

}  // namespace ctl::health
