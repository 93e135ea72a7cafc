#include <fmt/format.h>

#include "core/text.hpp"
#include "health/checks.hpp"
#include "health/groups.hpp"

namespace ctl::health {
namespace {

Value number(std::int64_t n) { return n; }

/// lag, lag_exact and lag_ms: of a partition as of a group.
void set_lag(Value& value, const Known<kafka::Unread>& lag, const Known<std::optional<std::chrono::milliseconds>>& time,
             const std::string& path, std::vector<Unknown>& unknown) {
  value.set("lag", known(lag, path + ".lag", unknown, [](const kafka::Unread& unread) { return Value{unread.records}; }));
  value.set("lag_exact", lag ? Value{lag->exact} : Value{});
  value.set("lag_ms", known(time, path + ".lag_ms", unknown, [](const auto& age) { return age ? Value{age->count()} : Value{}; }));
}

Value member_value(const kafka::Member& member) {
  Value value;
  return value.set("client_id", member.client_id).set("host", member.host);
}

Value partition_value(const kafka::Partition& partition, const PartitionStatus& status, const std::string& path,
                      std::vector<Unknown>& unknown) {
  const auto& sight = *status.sight;
  Value value;
  value.set("topic", partition.topic).set("partition", partition.id);
  value.set("committed", sight.committed ? Value{*sight.committed} : Value{});
  value.set("start", known(sight.start, path + ".start", unknown, number)).set("end", known(sight.end, path + ".end", unknown, number));
  value.set("stable_end", known(sight.stable, path + ".stable_end", unknown, number));
  set_lag(value, status.lag, status.lag_time, path, unknown);
  value.set("verdict", to_string(status.verdict)).set("why", status.why.empty() ? Value{} : Value{status.why});
  return value.set("member", status.member != nullptr ? member_value(*status.member) : Value{});
}

}  // namespace

Value to_value(const GroupStatus& status, const std::string& path, std::vector<Unknown>& unknown) {
  const auto& group = *status.group;
  Value value, topics{Value::List{}}, partitions{Value::List{}}, members{Value::List{}};
  if (group.members)
    for (const auto& member : *group.members) members.push(member_value(member).set("partitions", member.assigned.size()));
  for (const auto& topic : status.topics) topics.push(topic);
  for (const auto& [partition, one] : status.partitions)
    partitions.push(partition_value(partition, one, fmt::format("{}.partition_detail[{}]", path, partitions.list()->size()), unknown));
  const bool stated = group.state != "Unknown";
  if (!stated) unknown.push_back({path + ".state", "librdkafka has no word for it"});
  value.set("group", group.name).set("state", stated ? Value{group.state} : Value{});
  value.set("members", known(group.members, path + ".members", unknown, [](const auto& all) { return Value{all.size()}; }));
  value.set("topics", std::move(topics));
  set_lag(value, status.lag, status.lag_time, path, unknown);
  if (status.verdict == GroupVerdict::unknown) unknown.push_back({path + ".verdict", status.why});
  value.set("verdict", to_string(status.verdict)).set("why", status.why.empty() ? Value{} : Value{status.why});
  return value.set("member_detail", std::move(members)).set("partition_detail", std::move(partitions));
}

}  // namespace ctl::health
