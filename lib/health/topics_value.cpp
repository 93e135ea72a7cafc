#include <fmt/format.h>

#include "core/text.hpp"
#include "health/checks.hpp"
#include "health/topics.hpp"

namespace ctl::health {
namespace {

Value or_null(std::optional<std::int64_t> number) { return number ? Value{*number} : Value{}; }

Value pair_of(Value declared, Value found) {
  Value pair;
  return pair.set("declared", std::move(declared)).set("found", std::move(found));
}

Value drift_value(const TopicDrift& drift) {
  Value value;
  value.set("path", drift.path)
      .set("declared", drift.declared ? Value{*drift.declared} : Value{})
      .set("found", drift.found ? Value{*drift.found} : Value{});
  return value.set("origin", drift.origin.empty() ? Value{} : Value{drift.origin});
}

Value numbers(const std::vector<int>& list) {
  Value value{Value::List{}};
  for (const int n : list) value.push(n);
  return value;
}

Value partitions_value(const TopicState& state, const TopicSights& sights, const std::string& path, std::vector<Unknown>& unknown) {
  Value all{Value::List{}};
  for (std::size_t i = 0; i < state.partitions.size(); ++i) {
    const auto& partition = state.partitions[i];
    const auto bounds = sights.bounds.find({state.name, partition.id});
    const auto offset = [&](Known<std::int64_t> kafka::Bounds::*which, std::string_view name) {
      if (bounds == sights.bounds.end()) return Value{};
      const auto& fact = bounds->second.*which;
      if (fact) return Value{*fact};
      unknown.push_back({fmt::format("{}.partition_detail[{}].{}", path, i, name), one_line(fact.error())});
      return Value{};
    };
    Value one;
    one.set("partition", partition.id).set("leader", partition.leader < 0 ? Value{} : Value{partition.leader});
    one.set("replicas", numbers(partition.replicas)).set("isr", numbers(partition.isr));
    one.set("start", offset(&kafka::Bounds::start, "start")).set("end", offset(&kafka::Bounds::end, "end"));
    one.set("stable_end", offset(&kafka::Bounds::stable, "stable_end"));
    all.push(std::move(one));
  }
  return all;
}

}  // namespace

Value to_value(const TopicStatus& status, const TopicSights& sights, const std::string& path, std::vector<Unknown>& unknown) {
  if (status.verdict == TopicVerdict::unknown) unknown.push_back({path + ".verdict", status.why});
  const auto* spec = status.declared;
  const auto* state = status.state;
  Value drift{Value::List{}}, groups{Value::List{}};
  for (const auto& one : status.drift) drift.push(drift_value(one));
  for (const auto& [group, lag] : status.lag) {
    Value one;
    one.set("group", group)
        .set("lag",
             known(lag, fmt::format("{}.groups[{}].lag", path, groups.list()->size()), unknown, [](std::int64_t n) { return Value{n}; }));
    groups.push(std::move(one));
  }
  const auto rate = sights.rate.find(status.name);
  const auto event = sights.last_event.find(status.name);
  const bool none = state == nullptr;
  Value value;
  value.set("name", status.name).set("family", spec != nullptr ? Value{spec->family} : Value{}).set("declared", spec != nullptr);
  value.set("exists", none && status.verdict == TopicVerdict::unknown ? Value{} : Value{!none}).set("verdict", to_string(status.verdict));
  value.set("source_table", status.source_table.empty() ? Value{} : Value{status.source_table});
  value.set("partitions", pair_of(spec != nullptr ? Value{spec->partitions} : Value{}, none ? Value{} : Value{state->partitions.size()}));
  value.set("replication", pair_of(spec != nullptr ? Value{spec->replication} : Value{}, none ? Value{} : Value{state->replication()}));
  value.set("under_replicated", none ? Value{} : Value{status.under_replicated.size()})
      .set("offline", none ? Value{} : Value{status.offline.size()});
  value.set("retention_ms", none ? Value{} : or_null(config_number(*status.state, "retention.ms")));
  value.set("offset_span", none ? Value{} : known(status.span, path + ".offset_span", unknown, [](std::int64_t n) { return Value{n}; }));
  value.set("rate_per_s",
            rate == sights.rate.end() ? Value{} : known(rate->second, path + ".rate_per_s", unknown, [](double r) { return Value{r}; }));
  value.set("last_event_at", event == sights.last_event.end()
                                 ? Value{}
                                 : known(event->second, path + ".last_event_at", unknown,
                                         [](const std::optional<Millis>& at) { return at ? Value{format_instant(*at)} : Value{}; }));
  value.set("held_open_by_run", status.held ? Value{status.held->run} : Value{}).set("drift", std::move(drift));
  value.set("partition_detail", none ? Value{Value::List{}} : partitions_value(*state, sights, path, unknown))
      .set("groups", std::move(groups));
  return value;
}

}  // namespace ctl::health
