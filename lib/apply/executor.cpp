#include "apply/executor.hpp"

#include "core/error.hpp"

namespace ctl {
namespace {

constexpr std::size_t many_steps = 30;  // fewer are told by what they do

/// A change must be there. The brokers of a cluster learn of it one after the other.
void see(Handler& handler, const Step& step, const Deadline& until) {
  const auto patience = until.within(std::chrono::seconds{5});
  while (handler.look(step.resource, until)) {
    if (patience.over()) throw Error{Code::mismatch, {.what = to_string(step.resource) + " is not as planned after the change"}};
    patience.sleep(std::chrono::milliseconds{50});
  }
}

}  // namespace

Outcome execute(const Plan& plan, const Handlers& handlers, const Recorder& record, Listener& to, const Deadline& until) {
  std::size_t applied = 0;
  for (const auto& step : plan.steps) {
    until.check("applying the plan");
    auto& handler = *handlers.at(step.resource.kind);
    const auto now = handler.look(step.resource, until);
    if (!now) continue;  // someone, or an earlier run, has done it
    if (now->action == Action::wait) return {Outcome::End::waiting, applied, now->why};
    if (now->action == Action::blocked)
      return {Outcome::End::blocked, applied, to_string(step.resource) + ": " + now->why + "; " + now->remedy};
    if (now->action != step.action || now->precondition != step.precondition)
      throw Error{Code::drift, {.what = to_string(step.resource) + " changed since it was planned", .hint = "plan again"}};

    record.started(step, handler.before_image(step, until));
    try {
      within("applying " + to_string(step.resource), [&] { handler.apply(step, until, to); });
      // Of work that is run, more may have come in meanwhile, and its handler proves its effect itself.
      if (step.action != Action::run) see(handler, step, until);
    } catch (const Error& e) {
      if (const auto written = attempt([&] { record.finished(step, false, e.what()); }); !written)
        to.note(Listener::Level::warn, written.error().what());  // stays in doubt; the first error matters more
      throw;
    }
    record.finished(step, true, {});
    ++applied;
    if (plan.steps.size() >= many_steps) to.progress({.task = plan.target, .done = applied, .total = plan.steps.size(), .unit = "steps"});
  }
  return {Outcome::End::done, applied, {}};
}

}  // namespace ctl
