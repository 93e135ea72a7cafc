#include <array>
#include <optional>

#include "choose.hpp"
#include "core/file.hpp"
#include "health/parity_report.hpp"
#include "job.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

/// Every difference as a line of JSON, in the file of --out.
class DifferencesFile {
 public:
  explicit DifferencesFile(const std::string& path) : file_{path} {}
  void add(const EventTable& table, const transfer::Difference& difference) {
    auto value = health::to_value(difference);
    file_.add(to_json(value.set("table", to_string(table.table)).set("topic", table.topic)) + "\n");
  }
  void done() { file_.done(); }

 private:
  NewFile file_;
};

void need_sense(const Arguments& typed) {
  if (typed.has("repair") && typed.has("sample"))
    throw Error{Code::usage,
                {.what = "--repair and --sample contradict each other: only a comparison of all rows knows what is missing",
                 .hint = "mykartctl events reconcile --repair"}};
  if (typed.count("sample") == 0) throw Error{Code::usage, {.what = "--sample: no row is no sample", .hint = "--sample 100"}};
}

std::optional<std::int64_t> from_id(const Arguments& typed, const EventTable& table, Sources& sources, const Deadline& until) {
  const auto since = typed.text("since");
  if (!since) return std::nullopt;
  if (const auto id = parse_integer(*since)) return id;
  return transfer::first_id_since(sources.database(), table, *typed.instant("since"), until);
}

std::vector<health::Compared> compare(Session& session, DifferencesFile* file) {
  const auto& typed = session.arguments();
  const auto& around = session.around();
  const auto& until = session.deadline();
  Sources sources{around, until};
  std::vector<health::Compared> all;
  for (const auto& declared : chosen_tables(typed.names, around.project)) {
    const auto located = locate(around.project, declared, sources.database(), until);
    if (!located)
      throw Error{
          Code::not_found,
          {.what = "there is no table " + to_string(declared.table), .where = to_string(declared.at), .hint = "mykartctl schema status"}};
    const auto table = at(declared, *located);
    transfer::ReconcileOptions options{.from_id = from_id(typed, table, sources, until), .whole_topic = typed.has("repair")};
    if (file != nullptr) options.each = [&](const transfer::Difference& difference) { file->add(declared, difference); };
    const auto sample = typed.count("sample");
    auto parity = sample ? transfer::reconcile_sample(sources.database(), around.kafka, table, *sample, options, session.listener(), until)
                         : transfer::reconcile(sources.database(), around.kafka, table, options, session.listener(), until);
    all.push_back({to_string(declared.table), declared.topic, std::move(parity), options.from_id, sample.has_value()});
  }
  return all;
}

Answer answer(const std::vector<health::Compared>& compared) {
  auto report = health::parity_report(compared);
  const auto exit = report.ok == true ? Exit::done : Exit::not_good;
  return {std::move(report), exit};
}

/// Asks, sends, and compares again.
Answer repair(Session& session, std::vector<health::Compared> compared) {
  auto before = answer(compared);
  Job job{.command = "events reconcile --repair", .direction = Desk::Direction::deploy};
  Holes holes;
  for (auto& one : compared) {
    if (one.parity.missing == 0) continue;
    job.order.push_back({"topics", {Kind::topic, one.topic}});  // with the retention held open that old events need
    job.order.push_back({"repair", {Kind::data, one.table}});
    holes.emplace(one.table, std::move(one.parity));
  }
  if (holes.empty()) return before;
  job.holes = &holes;
  const bool dry = session.arguments().has("dry-run");
  if (!dry) session.out().show(before.report);
  auto done = carry_out(session, job);
  if (!dry && done.exit != Exit::done) return done;
  auto after = dry ? std::move(before) : answer(compare(session, nullptr));
  after.report.data.set("repair", std::move(done.report.data));
  after.report.blocks.insert(after.report.blocks.end(), done.report.blocks.begin(), done.report.blocks.end());
  return after;
}

Answer reconcile(Session& session) {
  const auto& typed = session.arguments();
  need_sense(typed);
  std::optional<DifferencesFile> file;
  if (const auto path = typed.text("out")) file.emplace(*path);
  auto compared = compare(session, file ? &*file : nullptr);
  if (file) file->done();
  return typed.has("repair") ? repair(session, std::move(compared)) : answer(compared);
}

constexpr std::array commands{
    Command{
        .path = "events reconcile",
        .names = "[TABLE…]",
        .summary = "compare every row with every event",
        .details =
            "Ids, contents, times, partitions and order of each key; says which ids differ, and where. VERDICT is equal, DIFFERS or "
            "behind: all is right with what was moved, and rows after it are not in the topic yet. --since compares only rows from an id "
            "on, or from the first one that is not older than an instant. --sample compares so many rows, drawn at random; it reads the "
            "topic but not the table, and proves nothing about the others. --out takes all differences as lines of JSON, not only the "
            "first hundred. --repair sends the rows that are missing, exactly once, whatever is killed: a copy that runs meanwhile is "
            "taken over from, and goes on when it is started again. Such an event comes after later ones of its key and has the header "
            "mykartctl-repair; it is not counted as misplaced, because the repair has committed its id beside the checkpoint: the header "
            "alone, which anybody can write, is not believed. Contents are compared under a random secret of each run. What an event does "
            "not carry (microseconds, JSON's null in place of NULL) is counted and said. What is duplicate, altered, misplaced or extra "
            "stays as it is: nothing can "
            "be taken back from a topic.",
        .options = "since=ID/AGE sample=N out repair yes dry-run confirm",
        .examples =
            "mykartctl events reconcile\nmykartctl events reconcile clicks --since -2h -o json\n"
            "mykartctl events reconcile clicks --sample 100  # half the reading, and no proof\n"
            "mykartctl events reconcile --out differences.jsonl\nmykartctl events reconcile --repair --dry-run  # what would be sent",
        .exits = "0 4 5",
        .run = reconcile},
};

}  // namespace

std::span<const Command> reconcile_commands() noexcept { return commands; }

}  // namespace ctl::cli
