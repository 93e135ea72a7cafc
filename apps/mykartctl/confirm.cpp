#include "confirm.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "session.hpp"

namespace ctl::cli {
namespace {

Error declined() { return {Code::refused, {.what = "nothing was done: the answer was not yes"}}; }

std::vector<std::string> destructive(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& step : plan.steps)
    if (step.risk == Risk::destructive && step.action != Action::wait) names.push_back(step.resource.name);
  return names;
}

void consent_of_script(const Session& session, const Surroundings& around, const std::vector<std::string>& objects) {
  const auto& typed = session.arguments();
  if (!objects.empty() && !typed.has("allow-destructive"))
    throw Error{Code::refused, {.what = fmt::format("--yes alone does not reach destructive steps: {}", fmt::join(objects, ", ")), .hint = "--yes --allow-destructive"}};
  if (around.is_protected && typed.text("confirm") != around.context)
    throw Error{Code::refused, {.what = "context " + around.context + " is protected", .hint = "--yes --confirm " + around.context}};
}

void consent_of_person(Session& session, const Surroundings& around, const std::vector<std::string>& objects) {
  auto& out = session.out();
  for (const auto& object : objects)
    if (!out.ask({}, object, session.deadline(), fmt::format("This cannot be undone. Type {} to go on: ", object))) throw declined();
  if (!around.is_protected && !objects.empty()) return;
  const auto word = around.is_protected ? around.context : std::string{"yes"};
  if (!out.ask({}, word, session.deadline(), fmt::format("Type {}: ", word))) throw declined();
}

}  // namespace

void confirm(Session& session, const Plan& plan, const Report& shown) {
  const auto& around = session.around();
  session.out().show(shown);
  const auto blocked = std::find_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.action == Action::blocked; });
  if (blocked != plan.steps.end())
    throw Error{Code::refused, {.what = to_string(blocked->resource) + " is blocked: " + blocked->why, .hint = blocked->remedy}};
  const auto objects = destructive(plan);
  if (session.arguments().has("yes")) return consent_of_script(session, around, objects);
  const auto steps = std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.action != Action::wait; });
  if (!session.out().can_ask())
    throw Error{Code::refused, {.what = fmt::format("{} step{} a yes and stdin is not a terminal", steps, steps == 1 ? " needs" : "s need"), .hint = "--yes"}};
  consent_of_person(session, around, objects);
}

}  // namespace ctl::cli
