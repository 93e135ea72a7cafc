#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "plan/config_risk.hpp"
#include "plan/plan.hpp"

namespace ctl::plan {
namespace {

/// One topic's step while it is put together.
struct Draft {
  Step step{};
  std::vector<std::string> summary{}, why{}, blocks{}, remedies{};
  std::string facts{};  ///< what the step relies on, one a line; its digest is the precondition

  void change(std::string path, std::optional<std::string> before, std::optional<std::string> after) {
    step.changes.push_back({.path = std::move(path), .before = std::move(before), .after = std::move(after)});
  }
  void block(std::string why_not, std::string remedy) {
    blocks.push_back(std::move(why_not));
    remedies.push_back(std::move(remedy));
  }
  void risk(Risk risk, Undo undo, std::string reason) {
    step.risk = std::max(step.risk, risk);
    step.undo = std::max(step.undo, undo);
    if (!reason.empty()) why.push_back(std::move(reason));
  }
};

/// A config as it is wanted now, and as the manifest has it when a hold keeps it different.
struct Wish {
  std::string value{};
  std::optional<std::string> declared{};  ///< when it is another; "": nothing was declared
  bool held{};
};
using Wishes = std::map<std::string, Wish, std::less<>>;

Wishes wishes(const TopicSpec& spec, std::span<const Hold> holds) {
  Wishes all;
  for (const auto& [key, value] : spec.config) all[key] = {value, std::nullopt, false};
  for (const auto& hold : holds)
    if (hold.topic == spec.name) {
      auto& wish = all[hold.key];
      if (!same_config(wish.value, hold.value)) wish = {hold.value, wish.value, true};
      wish.held = true;
    }
  return all;
}

std::string held(std::string_view key, const Wish& wish, std::string_view otherwise) {
  if (!wish.declared) return {};
  return fmt::format(" held until finalize ({} {})", otherwise, wish.declared->empty() ? "the default" : spoken(key, *wish.declared));
}

void create(const TopicSpec& spec, const Wishes& all, Draft& draft) {
  draft.step.action = Action::create;
  draft.facts = "absent\n";
  draft.why.emplace_back("it is declared and does not exist");
  draft.change("partitions", std::nullopt, fmt::format("{}", spec.partitions));
  draft.summary.push_back(counted(static_cast<std::uint64_t>(spec.partitions), "partition"));
  if (spec.replication > 0) draft.change("replication", std::nullopt, fmt::format("{}", spec.replication));
  for (const auto& [key, wish] : all) {
    draft.change("config." + key, std::nullopt, wish.value);
    const bool usual = (key == "cleanup.policy" && wish.value == "delete") || (key == "retention.bytes" && wish.value == "-1");
    if (!usual || (wish.declared && !wish.declared->empty()))
      draft.summary.push_back(fmt::format("{} {}{}", spoken(key), spoken(key, wish.value), held(key, wish, "then")));
  }
}

void compare_partitions(const TopicSpec& spec, const TopicState& state, Draft& draft) {
  const auto found = static_cast<int>(state.partitions.size());
  draft.facts += fmt::format("partitions={}\n", found);
  if (found == spec.partitions) return;
  draft.change("partitions", fmt::format("{}", found), fmt::format("{}", spec.partitions));
  draft.summary.push_back(fmt::format("partitions {} → {}", found, spec.partitions));
  if (spec.partitions < found)
    return draft.block(fmt::format("Kafka takes no partitions away ({} are there, {} are declared)", found, spec.partitions),
                       fmt::format("declare partitions: {}, or move the records to a new topic", found));
  draft.risk(Risk::destructive, Undo::none,
             "with more partitions a key's next records land elsewhere than its earlier ones: their order is lost");
}

void compare_replication(const TopicSpec& spec, const TopicState& state, Draft& draft) {
  if (spec.replication <= 0) return;  // whatever the broker's default made it
  bool told = false;
  for (const auto& partition : state.partitions) {
    const auto found = static_cast<int>(partition.replicas.size());
    draft.facts += fmt::format("replication.{}={}\n", partition.id, found);
    if (found == spec.replication || std::exchange(told, true)) continue;
    draft.change("replication", fmt::format("{}", found), fmt::format("{}", spec.replication));
    draft.summary.push_back(fmt::format("replication {} → {}", found, spec.replication));
    draft.block(fmt::format("partition {} has {} replicas, {} are declared, and this tool does not move replicas", partition.id, found,
                            spec.replication),
                fmt::format("kafka-reassign-partitions.sh, or declare replication: {}", found));
  }
}

/// Nothing expires, so that a policy which deletes what has expired deletes nothing.
bool keeps_all(const Wishes& all) {
  const auto unlimited = [&](std::string_view key) {
    const auto found = all.find(key);
    return found != all.end() && found->second.value == "-1";
  };
  return unlimited("retention.ms") && unlimited("retention.bytes");
}

void compare_config(const std::string& key, const Wish& wish, const Wishes& all, const TopicState& state, Draft& draft) {
  const auto found = state.config.find(key);
  if (found == state.config.end())
    return draft.block(fmt::format("the broker knows no topic config '{}'", key), fmt::format("remove {} from topics.yaml", key));
  const auto& [value, origin] = found->second;
  draft.facts += fmt::format("config.{}={}@{}\n", key, value.value_or("?"), static_cast<int>(origin));
  if (!value)
    return draft.block(fmt::format("the broker does not tell the value of {}", key), fmt::format("remove {} from topics.yaml", key));
  const bool same = same_config(*value, wish.value);
  if (same && (!wish.held || origin == Origin::topic)) return;  // what is held does not hang on the broker's default
  draft.change("config." + key, *value, wish.value);
  if (same) {
    draft.summary.push_back(fmt::format("{} {} set on the topic itself", spoken(key), spoken(key, wish.value)));
    return;
  }
  draft.summary.push_back(fmt::format("{} {} → {}{}", spoken(key), spoken(key, *value), spoken(key, wish.value), held(key, wish, "was")));
  if (key == "cleanup.policy" && wish.value == "delete" && keeps_all(all)) return;
  auto [risk, reason] = danger(key, *value, wish.value);
  draft.risk(risk, risk == Risk::destructive ? Undo::lossy : Undo::exact, std::move(reason));
}

void compare(const TopicSpec& spec, const Wishes& all, const TopicState& state, Draft& draft) {
  draft.step.action = Action::update;
  compare_partitions(spec, state, draft);
  compare_replication(spec, state, draft);
  for (const auto& [key, wish] : all) compare_config(key, wish, all, state, draft);
  if (draft.why.empty()) draft.why.emplace_back("it differs from what is declared");
}

void check_replicas(const TopicSpec& spec, const Wishes& all, Draft& draft) {
  const auto least = all.find("min.insync.replicas");
  const auto number = least == all.end() ? std::nullopt : parse_integer(least->second.value);
  if (number && spec.replication > 0 && *number > spec.replication)
    draft.block(fmt::format("with min.insync.replicas {} and replication {} nobody could write", *number, spec.replication),
                "raise replication or lower min.insync.replicas");
}

std::optional<Step> plan(const TopicSpec& spec, std::span<const Hold> holds, const Known<TopicState>& seen) {
  Draft draft;
  draft.step.resource = {Kind::topic, spec.name};
  draft.step.phase = "topics";
  const auto all = wishes(spec, holds);
  if (seen) {
    compare(spec, all, *seen, draft);
  } else if (seen.error().code() == Code::not_found) {
    create(spec, all, draft);
  } else {
    draft.facts = "unknown\n";
    draft.block(fmt::format("what is there is not known: {}", seen.error().what()),
                seen.error().text().hint.empty() ? "mykartctl preflight --only kafka" : seen.error().text().hint);
  }
  if (draft.step.changes.empty() && draft.blocks.empty()) return std::nullopt;
  check_replicas(spec, all, draft);

  auto& step = draft.step;
  if (draft.blocks.empty())
    step.why = join(draft.why, "; ");
  else
    step.block(join(draft.blocks, "; "), join(draft.remedies, "; "));
  step.summary = join(draft.summary, ", ");
  step.precondition = sha256(draft.facts);
  return std::move(step);
}

}  // namespace

std::vector<Step> topics(std::span<const TopicSpec> wanted, std::span<const Hold> holds,
                         const std::map<std::string, Known<TopicState>>& seen) {
  std::vector<const TopicSpec*> ordered;
  for (const auto& spec : wanted) ordered.push_back(&spec);
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  std::vector<Step> steps;
  for (const auto* spec : ordered) {
    const auto found = seen.find(spec->name);
    if (found == seen.end()) throw Error{Code::internal, {.what = "topic " + spec->name + " was planned without being looked at"}};
    if (auto step = plan(*spec, holds, found->second)) steps.push_back(std::move(*step));
  }
  return steps;
}

}  // namespace ctl::plan
