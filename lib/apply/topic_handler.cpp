#include "apply/topic_handler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"

namespace ctl {
namespace {

constexpr std::string_view config_prefix = "config.";

const TopicSpec& declared(const Desk& desk, const std::string& name) {
  const auto* spec = desk.around.project.topic(name);
  if (spec == nullptr) throw Error{Code::not_found, {.what = "topic " + name + " is not declared", .where = desk.around.project.file}};
  return *spec;
}

/// Without the journal nobody knows whether a migration keeps the history of this topic open.
void block_retention(Step& step, const Desk& desk) {
  const auto& tables = desk.around.project.tables;
  const bool of_events = std::any_of(tables.begin(), tables.end(), [&](const EventTable& t) { return t.topic == step.resource.name; });
  const bool retains = std::any_of(step.changes.begin(), step.changes.end(),
                                   [](const Change& c) { return c.path.starts_with("config.retention.") && c.before; });
  if (!of_events || !retains) return;
  step.block("the journal cannot be read, and a migration may hold this retention open", "start PostgreSQL, or name the other topics");
}

/// A topic that somebody's rows were proved to be in is not made anew as if nothing had been lost.
void guard_proved(Step& step, const Desk& desk, const std::vector<Seal>& seals, const Deadline& until) {
  if (step.action != Action::create) return;
  const auto& name = step.resource.name;
  const auto of = [&](std::string_view direction) {
    return std::find_if(seals.begin(), seals.end(), [&](const Seal& s) { return s.topic == name && s.direction == direction; });
  };
  if (const auto seal = of("deploy"); seal != seals.end()) {
    const auto* table = desk.around.project.table_of(name);
    const auto located = table != nullptr ? locate(desk, *table, until) : std::nullopt;
    const bool retired = located && located->retired;
    step.block(fmt::format("{} is gone, and the {} of {} were proved to be in it: a new one would be empty", name,
                           counted(seal->rows, "row"), seal->table),
               retired ? "bring the topic back; or mykartctl rollback --until restore, name another topic in topics.yaml, mykartctl deploy"
                       : "bring the topic back; or name another topic in topics.yaml: mykartctl deploy copies the rows there");
  } else if (of("rollback") != seals.end()) {
    step.risk = std::max(step.risk, Risk::destructive);
    step.undo = Undo::none;
    step.why = "its events were brought back into their table, and the new topic has none of them";
  }
}

/// The topics whose cleaner may have removed records: no offset tells.
bool compacted_until_now(const Step& step) {
  return std::any_of(step.changes.begin(), step.changes.end(), [](const Change& c) {
    return c.path == "config.cleanup.policy" && c.before && health::compacts(*c.before) && !health::compacts(c.after.value_or(""));
  });
}

}  // namespace

std::vector<Step> look_at_topics(const Desk& desk, std::span<const TopicSpec> specs, const Deadline& until) {
  std::vector<std::string> names;
  for (const auto& spec : specs) names.push_back(spec.name);
  const auto held = holds(desk, until);
  std::set<std::string> keys;  // the plan looks at no others
  for (const auto& spec : specs)
    for (const auto& [key, value] : spec.config) keys.insert(key);
  for (const auto& hold : held) keys.insert(hold.key);
  const std::vector<std::string> asked{keys.begin(), keys.end()};
  const auto states = desk.kafka.describe(names, asked, until);
  std::vector<TopicSpec> wanted(specs.begin(), specs.end());
  if (desk.direction == Desk::Direction::rollback)  // partitions that were added stay, and are no reason to leave the tables away
    for (auto& spec : wanted)
      if (const auto state = states.find(spec.name); state != states.end() && state->second)
        spec.partitions = std::max(spec.partitions, static_cast<int>(state->second->partitions.size()));
  auto steps = plan::topics(wanted, held, states);
  if (desk.book == nullptr)
    for (auto& step : steps) block_retention(step, desk);
  else if (const auto seals = desk.book->seals(until); !seals.empty())
    for (auto& step : steps) guard_proved(step, desk, seals, until);
  return steps;
}

void TopicHandler::announce(std::span<const Resource> resources, const Deadline& until) {
  announced_.clear();
  std::vector<TopicSpec> specs;
  for (const auto& resource : resources) {
    specs.push_back(declared(desk_, resource.name));
    announced_[resource.name] = std::nullopt;
  }
  for (auto& step : look_at_topics(desk_, specs, until)) announced_[step.resource.name] = std::move(step);
}

std::optional<Step> TopicHandler::look(const Resource& resource, const Deadline& until) {
  if (auto seen = announced_.extract(resource.name)) return std::move(seen.mapped());
  auto steps = look_at_topics(desk_, {&declared(desk_, resource.name), 1}, until);
  if (steps.empty()) return std::nullopt;
  return std::move(steps.front());
}

Value TopicHandler::before_image(const Step& step, const Deadline&) {
  Value before;
  for (const auto& change : step.changes)
    if (change.before) before.set(change.path, *change.before);
  return before;
}

void TopicHandler::apply(const Step& step, const Deadline& until, Listener&) {
  desk_.need_writing();
  kafka::Admin admin{desk_.kafka};
  if (step.action == Action::create) {
    auto spec = declared(desk_, step.resource.name);
    for (const auto& hold : holds(desk_, until))
      if (hold.topic == spec.name) spec.config[hold.key] = hold.value;
    return admin.create(spec, until);
  }
  if (desk_.book != nullptr && compacted_until_now(step))
    for (const auto& seal : desk_.book->seals(until))
      if (seal.topic == step.resource.name) desk_.book->unseal(seal.table, seal.direction, until);
  Config set;
  std::vector<std::string> reset;
  for (const auto& change : step.changes) {
    if (change.path == "partitions") {
      admin.add_partitions(step.resource.name, static_cast<int>(parse_integer(change.after.value_or("0")).value_or(0)), until);
    } else if (change.path.starts_with(config_prefix)) {
      const auto key = change.path.substr(config_prefix.size());
      if (change.after)
        set[key] = *change.after;
      else
        reset.push_back(key);
    }
  }
  if (!set.empty() || !reset.empty()) admin.alter(step.resource.name, set, reset, until);
}

}  // namespace ctl
