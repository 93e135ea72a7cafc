#include "confirm.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "health/sources.hpp"
#include "session.hpp"

namespace ctl::cli {
namespace {

bool is_done(const Step& step) { return step.action != Action::wait && step.action != Action::blocked; }

std::vector<std::string> destroyed(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& step : plan.steps)
    if (is_done(step) && step.risk == Risk::destructive) names.push_back(step.resource.name);
  return names;
}

/// Who is about to be changed: the last thing to read before an answer is typed.
std::string identities(const Surroundings& around, const Plan& plan) {
  const auto known = [](std::string_view name, const std::string& id) {
    return id.empty() ? std::string{} : fmt::format(" {} {}", name, id);
  };
  return fmt::format("context {}{}  postgres {}{}  kafka {}{}  connect {}", around.context, around.is_protected ? " (PROTECTED)" : "",
                     around.database.conninfo, known("system", plan.database_id), around.kafka.brokers, known("cluster", plan.cluster_id),
                     around.connect.base);
}

/// What a script has to say for this plan, all of it: nobody wants to learn the flags one refusal at a time.
std::string flags(const Surroundings& around, const std::vector<std::string>& objects) {
  return fmt::format("--yes{}{}", objects.empty() ? "" : " --allow-destructive", around.is_protected ? " --confirm " + around.context : "");
}

void consent_of_script(const Session& session, const Surroundings& around, const std::vector<std::string>& objects) {
  const auto& typed = session.arguments();
  if (!objects.empty() && !typed.has("allow-destructive"))
    throw Error{Code::refused,
                {.what = fmt::format("--yes alone does not reach destructive steps: {}", fmt::join(objects, ", ")),
                 .hint = flags(around, objects)}};
  if (around.is_protected && !typed.has("confirm"))
    throw Error{Code::refused,
                {.what = "context " + around.context + " is protected: --yes is not enough", .hint = flags(around, objects)}};
}

void consent_of_person(Session& session, const Surroundings& around, const std::vector<std::string>& objects) {
  std::vector<std::string> words = objects;
  if (around.is_protected)
    words.push_back(around.context);
  else if (objects.empty())
    words.emplace_back("yes");
  for (const auto& word : words) {
    const bool object = &word < words.data() + objects.size();
    if (!session.out().ask({}, word, session.deadline(), fmt::format("{}Type {}: ", object ? "This cannot be undone. " : "", word)))
      throw Error{Code::refused, {.what = fmt::format("nothing was done: the answer was not {}", word)}};
  }
}

}  // namespace

void confirm(Session& session, const Plan& plan, Report shown) {
  const auto& around = session.around();
  const auto& typed = session.arguments();
  session.out().show(shown.line(identities(around, plan), around.is_protected ? Style::warn : Style::faint));
  const auto blocked = std::find_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.action == Action::blocked; });
  if (blocked != plan.steps.end())
    throw Error{Code::refused, {.what = to_string(blocked->resource) + " is blocked: " + blocked->why, .hint = blocked->remedy}};
  if (const auto named = typed.text("confirm"); named && named != around.context)
    throw Error{
        Code::refused,
        {.what = fmt::format("--confirm names {}, the context is {}", *named, around.context), .where = session.settings().context.origin}};

  if (!around.pinned_cluster_id.empty() || !around.pinned_system_id.empty()) {
    Sources sources{around, session.deadline()};
    need_pinned(sources, session.deadline());
  }

  const auto steps = std::count_if(plan.steps.begin(), plan.steps.end(), is_done);
  if (steps == 0) return;  // it only waits
  const auto objects = destroyed(plan);
  if (typed.has("yes")) return consent_of_script(session, around, objects);
  if (!session.out().can_ask())
    throw Error{Code::refused,
                {.what = fmt::format("{} step{} a yes and stdin is not a terminal", steps, steps == 1 ? " needs" : "s need"),
                 .hint = flags(around, objects)}};
  consent_of_person(session, around, objects);
}

}  // namespace ctl::cli
