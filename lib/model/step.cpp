#include "model/step.hpp"

#include <algorithm>
#include <array>

#include "core/digest.hpp"
#include "core/error.hpp"

namespace ctl {
namespace {

constexpr std::array<std::string_view, 8> kinds{"schema", "topic", "data", "gate", "parity", "connector", "group", "access"};
constexpr std::array<std::string_view, 7> actions{"create", "update", "adopt", "run", "delete", "wait", "blocked"};
constexpr std::array<std::string_view, 3> risks{"safe", "disruptive", "destructive"};
constexpr std::array<std::string_view, 3> undos{"exact", "lossy", "no"};

template <class E, std::size_t N>
E named(const Value& from, std::string_view key, const std::array<std::string_view, N>& names) {
  const auto text = from.text_or(key, "");
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    throw Error{
        Code::manifest,
        {.what = "the plan has no valid '" + std::string{key} + "'", .cause = "found '" + text + "'", .where = to_string(from.at())}};
  return static_cast<E>(found - names.begin());
}

Value optional_text(const std::optional<std::string>& text) { return text ? Value{*text} : Value{}; }
std::optional<std::string> optional_text(const Value& from, std::string_view key) {
  const auto* value = from.find(key);
  return value != nullptr && value->text() != nullptr ? std::optional{*value->text()} : std::nullopt;
}

Step read_step(const Value& from) {
  Step step;
  step.resource = {named<Kind>(from, "kind", kinds), from.text_or("name", "")};
  step.phase = from.text_or("phase", "");
  step.action = named<Action>(from, "action", actions);
  step.risk = named<Risk>(from, "risk", risks);
  step.undo = named<Undo>(from, "reversible", undos);
  step.summary = from.text_or("summary", "");
  step.why = from.text_or("why", "");
  step.remedy = from.text_or("remedy", "");
  step.precondition = from.text_or("precondition", "");
  if (const auto* changes = from.find("changes"); changes != nullptr && changes->list() != nullptr)
    for (const auto& change : *changes->list()) {
      const auto* sensitive = change.find("sensitive");
      step.changes.push_back({.path = change.text_or("path", ""),
                              .before = optional_text(change, "before"),
                              .after = optional_text(change, "after"),
                              .sensitive = sensitive != nullptr && sensitive->boolean() != nullptr && *sensitive->boolean()});
    }
  return step;
}

}  // namespace

std::string_view to_string(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }
std::string_view to_string(Action action) { return actions[static_cast<std::size_t>(action)]; }
std::string_view to_string(Risk risk) { return risks[static_cast<std::size_t>(risk)]; }
std::string_view to_string(Undo undo) { return undos[static_cast<std::size_t>(undo)]; }
std::string to_string(const Resource& resource) { return std::string{to_string(resource.kind)} + "/" + resource.name; }

Value to_value(const Step& step) {
  Value changes{Value::List{}};
  for (const auto& change : step.changes) {
    Value one;
    one.set("path", change.path).set("before", change.sensitive ? Value{} : optional_text(change.before));
    one.set("after", change.sensitive ? Value{} : optional_text(change.after)).set("sensitive", change.sensitive);
    changes.push(std::move(one));
  }
  Value value;
  value.set("id", to_string(step.resource))
      .set("phase", step.phase)
      .set("kind", to_string(step.resource.kind))
      .set("name", step.resource.name);
  value.set("action", to_string(step.action)).set("risk", to_string(step.risk)).set("reversible", to_string(step.undo));
  value.set("summary", step.summary).set("why", step.why).set("remedy", step.remedy.empty() ? Value{} : Value{step.remedy});
  value.set("precondition", step.precondition).set("requires", Value::List{}).set("changes", std::move(changes));
  return value;
}

Digest Plan::fingerprint() const {
  Sha256 sum;
  for (const auto& step : steps) {
    if (step.action == Action::wait) continue;  // whether a gate is open is no structure
    for (const auto part : {std::string_view{to_string(step.resource.kind)}, std::string_view{step.resource.name},
                            std::string_view{step.phase}, to_string(step.action), std::string_view{step.precondition}}) {
      sum.add(part);
      sum.add("\n");
    }
    for (const auto& change : step.changes)  // a saved plan holds no sensitive values: their digests are in the precondition
      sum.add(change.path + (change.sensitive ? "" : "=" + change.before.value_or("\1") + ">" + change.after.value_or("\1")) + "\n");
  }
  return sum.hex();
}

Plan read_plan(const Value& from) {
  Plan plan;
  plan.target = from.text_or("target", "");
  plan.context = from.text_or("context", "");
  plan.until = from.text_or("until", "");
  plan.inputs_digest = from.text_or("inputs_digest", "");
  const auto* steps = from.find("steps");
  if (steps == nullptr || steps->list() == nullptr || plan.target.empty())
    throw Error{Code::manifest,
                {.what = "this file is not a saved plan", .where = to_string(from.at()), .hint = "mykartctl plan --out FILE"}};
  for (const auto& step : *steps->list()) plan.steps.push_back(read_step(step));
  if (const auto recorded = from.text_or("fingerprint", ""); recorded != "sha256:" + plan.fingerprint())
    throw Error{Code::manifest,
                {.what = "the saved plan was edited: its fingerprint does not match its steps",
                 .where = to_string(from.at()),
                 .hint = "plan again"}};
  return plan;
}

}  // namespace ctl
