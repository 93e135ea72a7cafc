#include "apply/work.hpp"

#include <algorithm>
#include <set>

#include "apply/connector_handler.hpp"
#include "apply/gate_handler.hpp"
#include "apply/parity_handler.hpp"
#include "apply/schema_handler.hpp"
#include "apply/topic_handler.hpp"
#include "postgres/catalog.hpp"

namespace ctl {
namespace {

constexpr std::chrono::milliseconds tail_pause{200};  ///< an event is in its topic well within a second

/// "topics apply" works on topics; "deploy" is what it says.
std::string target_of(const std::string& command) {
  constexpr std::string_view verb = " apply";
  return command.ends_with(verb) ? command.substr(0, command.size() - verb.size()) : command;
}

/// One desk with its handlers; made once for looking, once for a run.
struct Bench {
  Bench(Desk at, const WorkOptions& options, connect::Worker& worker) : desk{at} {
    handlers[Kind::schema] = std::make_unique<SchemaHandler>(desk);
    handlers[Kind::topic] = std::make_unique<TopicHandler>(desk);
    auto movers = std::make_unique<DataHandler>(desk, options.data);
    data = movers.get();
    handlers[Kind::data] = std::move(movers);
    handlers[Kind::parity] = std::make_unique<ParityHandler>(desk);
    handlers[Kind::access] = std::make_unique<AccessHandler>(desk, worker);
    handlers[Kind::connector] = std::make_unique<ConnectorHandler>(desk, worker);
    auto gates = std::make_unique<GateHandler>(desk, options.operators_word, options.retires);
    gate = gates.get();
    handlers[Kind::gate] = std::move(gates);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  Desk desk;
  Handlers handlers{};
  GateHandler* gate{};
  DataHandler* data{};
};

}  // namespace

struct Work::Impl {
  const Surroundings& around;
  std::string command;
  Desk::Direction direction;
  std::vector<plan::Stop> order;
  WorkOptions options;
  Sources sources;
  std::unique_ptr<Bench> looking{};

  Impl(const Surroundings& s, std::string c, Desk::Direction d, std::vector<plan::Stop> o, WorkOptions w, const Deadline& until)
      : around{s}, command{std::move(c)}, direction{d}, order{std::move(o)}, options{w}, sources{s, until} {
    options.retires = std::any_of(order.begin(), order.end(), [](const plan::Stop& stop) { return stop.phase == "retire"; });
    const bool there = sources.session().has_value();
    looking = std::make_unique<Bench>(desk(there ? &sources.database() : nullptr, there ? &sources.journal() : nullptr, nullptr), options,
                                      sources.worker);
  }

  Desk desk(postgres::Connection* connection, Journal* journal, WritingRun* run) {
    return {.around = around,
            .kafka = sources.kafka,
            .session = connection,
            .book = journal,
            .no_session = sources.session() ? nullptr : &sources.session().error(),
            .run = run,
            .direction = direction};
  }

  Plan plan(Bench& bench, const Deadline& until) {
    Plan plan{.target = target_of(command), .context = around.context, .inputs_digest = around.project.digest};
    std::map<Kind, std::vector<Resource>> together;
    for (const auto& stop : order) together[stop.resource.kind].push_back(stop.resource);
    for (const auto& [kind, resources] : together)
      within("looking at what is there", [&] { bench.handlers.at(kind)->announce(resources, until); });
    for (const auto& stop : order) {
      auto step = within("looking at " + to_string(stop.resource),
                         [&] { return bench.handlers.at(stop.resource.kind)->look(stop.resource, until); });
      if (!step) continue;
      if (step->phase.empty()) step->phase = stop.phase;
      plan.steps.push_back(std::move(*step));
    }
    const auto to_do = [](const Step& step) { return step.action != Action::wait; };
    if (std::none_of(plan.steps.begin(), plan.steps.end(), to_do)) plan.steps.clear();  // nothing to wait for either
    return plan;
  }

  /// What the tables that stay hold before this migration began: what `verify` compares with.
  void record_core(WritingRun& run, const Deadline& until) {
    auto& journal = run.journal();
    const auto last = journal.last_migration(until);
    const auto recorded = journal.core(until);
    const auto of = recorded.empty() ? 0 : recorded.front().run;
    for (const auto& r : journal.runs(200, until))  // the same migration, waiting or failed until now, keeps its baseline
      if (r.id >= of && of != 0 && r.id != run.id() && r.direction == to_string(direction) && r.result != "done") return;
    for (const auto& table : around.project.core_tables())
      if (postgres::table(run.database(), table, until)) {
        const auto content = postgres::content(run.database(), table, "", until);
        journal.record_core({.table = to_string(table),
                             .digest = content.digest,
                             .rows = content.rows,
                             .max_id = content.max_key,
                             .run = run.id(),
                             .at = now()},
                            until);
      }
  }

  void begin(WritingRun& run, const Desk& desk, const Deadline& until) {
    if (direction == Desk::Direction::none) return;
    record_core(run, until);
    if (direction != Desk::Direction::deploy) return;
    for (const auto& hold : holds(desk, until)) {
      const auto* spec = around.project.topic(hold.topic);
      const auto declared = spec != nullptr ? spec->config.find(hold.key) : Config::const_iterator{};
      HeldConfig held{.topic = hold.topic, .key = hold.key, .value = hold.value, .run = run.id()};
      if (spec != nullptr && declared != spec->config.end()) held.was = declared->second;
      run.journal().hold(held, until);
    }
  }

  /// Looks at the gate alone, often, while only the quiet window is missing; everything else is looked at again once it is decided.
  void watch(Bench& bench, const Deadline& until) {
    while (bench.gate->writers().undecided && !until.over()) {
      until.sleep(200ms);
      static_cast<void>(bench.gate->look({Kind::gate, std::string{GateHandler::writers_gone}}, until));
    }
  }

  /// The tail of every table of the order, in turn.
  void follow(Bench& bench, const Deadline& until) {
    try {
      for (; !until.over(); until.sleep(tail_pause))
        for (const auto& stop : order)
          if (stop.resource.kind == Kind::data && !until.over()) bench.data->follow(stop.resource, until, around.listener);
    } catch (const Error& e) {
      if (!until.over() || (e.code() != Code::interrupted && e.code() != Code::timeout)) throw;
    }
  }

  /// Steps that a run which died has left open, of resources of this order for which nothing is to be done: so they were done, or undone.
  [[nodiscard]] std::vector<Entry> doubts(Journal& journal, const Plan& left, const Deadline& until) const {
    auto open = journal.in_doubt(until);
    std::erase_if(open, [&](const Entry& entry) {
      const auto is_it = [&](const Resource& r) { return to_string(r.kind) == entry.kind && r.name == entry.name; };
      return std::none_of(order.begin(), order.end(), [&](const plan::Stop& stop) { return is_it(stop.resource); }) ||
             std::any_of(left.steps.begin(), left.steps.end(), [&](const Step& step) { return is_it(step.resource); });
    });
    return open;
  }
  void close_doubts(Journal& journal, const Plan& left, const Deadline& until) const {
    for (const auto& entry : doubts(journal, left, until))
      journal.finished(entry.run, entry.seq, Verdict::done, "a later look found nothing to do", until);
  }

  /// Executes, looks again, and so on until nothing is left, it waits, or something blocks.
  void carry_out(const Plan& confirmed, Bench& bench, const Recorder& recorder, WorkResult& result, const Deadline& until) {
    std::set<Resource> shown;
    for (const auto& step : confirmed.steps) shown.insert(step.resource);
    for (auto plan = confirmed; !plan.steps.empty();) {
      const auto outcome = execute(plan, bench.handlers, recorder, around.listener, until);
      result.applied += outcome.applied;
      result.end = outcome.end;
      result.reason = outcome.reason;
      if (outcome.end == Outcome::End::blocked) break;
      if (outcome.end == Outcome::End::waiting) {
        if (bench.gate->writers().undecided)
          watch(bench, until);
        else if (options.wait)
          until.sleep(1s);
        else
          break;
        until.check("waiting for the application");
      }
      plan = this->plan(bench, until);
      std::erase_if(plan.steps, [&](const Step& step) { return !shown.contains(step.resource); });
      if (outcome.end != Outcome::End::done) continue;
      const bool only_new_rows =
          std::all_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.resource.kind == Kind::data; });
      if (outcome.applied == 0 || only_new_rows)
        break;  // nothing moves any more, which needs a person; or only writers go on, which would have no end
    }
  }
};

Work::Work(const Surroundings& around, std::string command, Desk::Direction direction, std::vector<plan::Stop> order, WorkOptions options,
           const Deadline& until)
    : impl_{std::make_unique<Impl>(around, std::move(command), direction, std::move(order), options, until)} {}
Work::~Work() = default;

Plan Work::plan(const Deadline& until) { return impl_->plan(*impl_->looking, until); }

void Work::close_doubts(const Plan& nothing_to_do, const Deadline& until) {
  auto& in = *impl_;
  if (in.options.no_lock || !in.sources.session() || in.doubts(in.sources.journal(), nothing_to_do, until).empty()) return;
  WritingRun writing{in.around, in.command, std::string{to_string(in.direction)}, nothing_to_do, until};
  in.close_doubts(writing.journal(), nothing_to_do, until);
  writing.end("done", "");
}

WorkResult Work::run(const Plan& confirmed, const Deadline& until) {
  auto& in = *impl_;
  const auto began = std::chrono::steady_clock::now();
  WorkResult result{.end = Outcome::End::done};
  const auto did = [&](const Step& step, bool done) {
    if (done) result.did.push_back(step);
  };
  const auto took = [&] { return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began); };
  if (in.options.no_lock) {
    auto desk = in.desk(nullptr, nullptr, nullptr);
    desk.no_lock = true;
    Bench bench{desk, in.options, in.sources.worker};
    const Recorder recorder{.started = [](const Step&, const Value&) {},
                            .finished = [&](const Step& step, bool done, const std::string&) { did(step, done); }};
    in.carry_out(confirmed, bench, recorder, result, until);
    result.took = took();
    return result;
  }

  WritingRun writing{in.around, in.command, std::string{to_string(in.direction)}, confirmed, until};
  Bench bench{in.desk(&writing.database(), &writing.journal(), &writing), in.options, in.sources.worker};
  in.begin(writing, bench.desk, until);
  result.run = writing.id();
  auto recorder = writing.recorder(until);
  const auto journal_end = recorder.finished;
  recorder.finished = [&](const Step& step, bool done, const std::string& detail) {
    journal_end(step, done, detail);
    did(step, done);
  };

  try {
    in.carry_out(confirmed, bench, recorder, result, until);
    if (result.end == Outcome::End::done && !writing.journal().in_doubt(until).empty())
      in.close_doubts(writing.journal(), in.plan(bench, until), until);
    if (in.options.follow && result.end == Outcome::End::done) in.follow(bench, until);
  } catch (const Error& e) {
    writing.end(e.code() == Code::interrupted ? "interrupted" : "failed", e.what());
    throw;
  }
  result.evidence = bench.gate->writers().evidence;
  result.took = took();
  constexpr std::string_view names[] = {"done", "waiting", "blocked"};
  writing.end(names[static_cast<std::size_t>(result.end)], result.reason);
  return result;
}

void need_same(const Plan& saved, const Plan& fresh) {
  if (saved.fingerprint() == fresh.fingerprint()) return;
  const auto differs = std::find_if(saved.steps.begin(), saved.steps.end(), [&](const Step& step) {
    return std::none_of(fresh.steps.begin(), fresh.steps.end(), [&](const Step& now) {
      return now.resource == step.resource && now.action == step.action && now.precondition == step.precondition;
    });
  });
  const auto what = differs != saved.steps.end() ? to_string(differs->resource) + " is not as it was when the plan was saved"
                                                 : std::string{"more has to be done than the saved plan shows"};
  throw Error{Code::drift, {.what = "the saved plan is stale: " + what, .hint = "plan again, review, and run the new plan"}};
}

}  // namespace ctl
