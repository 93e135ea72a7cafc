#include <fmt/format.h>

#include <algorithm>

#include "kafka/admin.hpp"
#include "kafka/cluster_impl.hpp"

namespace ctl::kafka {
namespace {

using Offsets = std::map<Partition, std::optional<std::int64_t>>;

constexpr const char* stop_them = "stop its consumers first";

std::string names_of(const std::vector<Member>& members) {
  constexpr std::size_t most = 5;
  std::vector<std::string> names;
  for (const auto& member : members) {
    if (names.size() == most) {
      names.push_back(fmt::format("and {} more", members.size() - most));
      break;
    }
    names.push_back(to_string(member));
  }
  return "its members are " + join(names, ", ");
}

PartitionList list_of(const Offsets& offsets, bool with_offset) {
  PartitionList list{rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size()))};
  for (const auto& [partition, offset] : offsets)
    if (offset.has_value() == with_offset)
      rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.id)->offset = offset.value_or(0);
  return list;
}

/// Throws for the group as a whole or the first partition that failed. A commit from outside, to a group somebody is in, is answered as
/// that of a member the group does not know; a removal with the words for this case.
void check(Client& client, const std::string& group, std::string_view doing, const rd_kafka_group_result_t* result) {
  const auto failed = [&](rd_kafka_resp_err_t error, const char* words) {
    if (error == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || error == RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC ||
        error == RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP)
      throw Error{
          Code::refused,
          {.what = "somebody has just joined group " + group, .cause = words, .where = address(client.settings()), .hint = stop_them}};
    throw client.failure(error, doing, words);
  };
  if (const auto* error = rd_kafka_group_result_error(result)) failed(rd_kafka_error_code(error), rd_kafka_error_string(error));
  if (const auto* list = rd_kafka_group_result_partitions(result))
    for (const auto& partition : std::span{list->elems, static_cast<std::size_t>(list->cnt)})
      if (partition.err != RD_KAFKA_RESP_ERR_NO_ERROR) failed(partition.err, rd_kafka_err2str(partition.err));
}

void put(Client& client, const std::string& group, std::string_view doing, const Offsets& offsets, const Deadline& until) {
  const auto list = list_of(offsets, true);
  if (list->cnt == 0) return;
  const AlterGroupOffsets request{rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get())};
  const auto event = client.ask(RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, doing, until, [&](const auto* options, auto* queue) {
    auto* one = request.get();
    rd_kafka_AlterConsumerGroupOffsets(client.get(), &one, 1, options, queue);
  });
  std::size_t count = 0;
  check(client, group, doing,
        rd_kafka_AlterConsumerGroupOffsets_result_groups(rd_kafka_event_AlterConsumerGroupOffsets_result(event.get()), &count)[0]);
}

void take_away(Client& client, const std::string& group, std::string_view doing, const Offsets& offsets, const Deadline& until) {
  const auto list = list_of(offsets, false);
  if (list->cnt == 0) return;
  const DeleteGroupOffsets request{rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get())};
  const auto event = client.ask(RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, doing, until, [&](const auto* options, auto* queue) {
    auto* one = request.get();
    rd_kafka_DeleteConsumerGroupOffsets(client.get(), &one, 1, options, queue);
  });
  std::size_t count = 0;
  check(client, group, doing,
        rd_kafka_DeleteConsumerGroupOffsets_result_groups(rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get()), &count)[0]);
}

}  // namespace

void need_empty(const Group& group) {
  if (group.empty()) return;
  throw Error{Code::refused,
              {.what = fmt::format("group {} is in use ({})", group.name, group.state),
               .cause = group.members ? names_of(*group.members) : "its members are not visible: " + group.members.error().text().cause,
               .hint = stop_them}};
}

void Admin::set_group_offsets(std::string_view group, const Offsets& offsets, const Deadline& until) {
  auto& client = cluster_.impl_->client;
  const std::string name{group};
  const auto doing = "setting the offsets of group " + name;
  for (const auto& one : cluster_.groups(until))
    if (one.name == name) need_empty(one);
  put(client, name, doing, offsets, until);
  take_away(client, name, doing, offsets, until);

  const auto now = std::move(cluster_.committed({&name, 1}, until).at(name));
  if (!now) throw Error{now.error()};
  for (const auto& [partition, offset] : offsets) {
    const auto found = now->find(partition);
    if (found == now->end() ? !offset : found->second == offset) continue;
    throw Error{Code::drift,
                {.what = fmt::format("group {} is not at offset {} of {} after it was set", name,
                                     offset ? fmt::format("{}", *offset) : "none", to_string(partition)),
                 .where = address(client.settings()),
                 .hint = "somebody else commits for this group"}};
  }
}

}  // namespace ctl::kafka
