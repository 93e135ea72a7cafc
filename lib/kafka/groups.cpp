#include <fmt/format.h>

#include <algorithm>

#include "kafka/cluster_impl.hpp"
#include "kafka/consumer_groups.hpp"

namespace ctl::kafka {
namespace {

std::vector<Member> members_of(const rd_kafka_ConsumerGroupDescription_t* group) {
  std::vector<Member> members;
  for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(group); ++i) {
    const auto* member = rd_kafka_ConsumerGroupDescription_member(group, i);
    std::string_view host = rd_kafka_MemberDescription_host(member);
    if (host.starts_with('/')) host.remove_prefix(1);  // as Java prints an address
    Member one{.client_id = rd_kafka_MemberDescription_client_id(member), .host = std::string{host}, .assigned = {}};
    if (const auto* assignment = rd_kafka_MemberDescription_assignment(member))
      if (const auto* list = rd_kafka_MemberAssignment_partitions(assignment))
        for (const auto& partition : std::span{list->elems, static_cast<std::size_t>(list->cnt)})
          one.assigned.push_back({partition.topic, partition.partition});
    members.push_back(std::move(one));
  }
  return members;
}

using Address = std::pair<std::string, int>;

Address coordinator_of(const rd_kafka_ConsumerGroupDescription_t* group) {
  const auto* node = rd_kafka_ConsumerGroupDescription_coordinator(group);
  return {rd_kafka_Node_host(node), rd_kafka_Node_port(node)};
}

void add_members(Client& client, std::vector<Group>& groups, const Deadline& until) {
  if (groups.empty()) return;
  std::vector<const char*> names;
  for (const auto& group : groups) names.push_back(group.name.c_str());
  const auto event = client.ask(
      RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, "describing consumer groups", until,
      [&](const auto* options, auto* queue) { rd_kafka_DescribeConsumerGroups(client.get(), names.data(), names.size(), options, queue); });
  std::size_t count = 0;
  const auto** found = rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
  std::map<Address, std::vector<Group*>> new_protocol;  // by coordinator
  for (const auto* description : std::span{found, count}) {
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const Group& g) { return g.name == rd_kafka_ConsumerGroupDescription_group_id(description); });
    if (group == groups.end()) continue;
    const auto* error = rd_kafka_ConsumerGroupDescription_error(description);
    const std::string_view state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupDescription_state(description));
    if (error != nullptr)
      group->members = tl::unexpected<Error>{
          client.failure(rd_kafka_error_code(error), "describing group " + group->name, rd_kafka_error_string(error))};
    else if (state == "Dead" && !group->empty())  // how the classic call answers for a group of the new protocol
      new_protocol[coordinator_of(description)].push_back(&*group);
    else
      group->members = members_of(description);
  }
  for (const auto& [coordinator, of_one] : new_protocol) add_consumer_members(client, coordinator.first, coordinator.second, of_one, until);
}

/// The answers of all coordinators. One that still loads its groups, as after a start or a move, is asked again.
Event listing(Client& client, const Deadline& until) {
  constexpr std::string_view doing = "listing consumer groups";
  for (;; until.sleep(std::chrono::milliseconds{100})) {
    auto event = client.ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, doing, until,
                            [&](const auto* options, auto* queue) { rd_kafka_ListConsumerGroups(client.get(), options, queue); });
    std::size_t count = 0;
    const auto** errors = rd_kafka_ListConsumerGroups_result_errors(rd_kafka_event_ListConsumerGroups_result(event.get()), &count);
    if (count == 0) return event;
    const auto error = rd_kafka_error_code(errors[0]);
    if (error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS && !until.over()) continue;
    throw client.failure(error, doing, rd_kafka_error_string(errors[0]));  // a list without its groups would look complete
  }
}

Known<Commits> commits(Client& client, const std::string& group, rd_kafka_event_t* event) {
  const auto doing = "reading the commits of group " + group;
  if (event == nullptr) return tl::unexpected<Error>{client.failure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing)};
  if (const auto error = rd_kafka_event_error(event); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected<Error>{client.failure(error, doing, rd_kafka_event_error_string(event))};
  std::size_t count = 0;
  const auto** results = rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(event), &count);
  if (const auto* error = rd_kafka_group_result_error(results[0]))
    return tl::unexpected<Error>{client.failure(rd_kafka_error_code(error), doing, rd_kafka_error_string(error))};
  Commits found;
  const auto* list = rd_kafka_group_result_partitions(results[0]);
  for (const auto& partition : std::span{list->elems, static_cast<std::size_t>(list->cnt)})
    if (partition.err == RD_KAFKA_RESP_ERR_NO_ERROR && partition.offset >= 0)
      found.emplace(Partition{partition.topic, partition.partition}, partition.offset);
  return found;
}

}  // namespace

std::string to_string(const Member& member) { return fmt::format("{}@{}", member.client_id, member.host); }

std::vector<Group> Cluster::groups(const Deadline& until) {
  auto& client = impl_->client;
  const auto event = listing(client, until);
  const auto* result = rd_kafka_event_ListConsumerGroups_result(event.get());
  std::size_t count = 0;
  const auto** listings = rd_kafka_ListConsumerGroups_result_valid(result, &count);
  std::vector<Group> groups;
  for (const auto* listing : std::span{listings, count})
    groups.push_back({.name = rd_kafka_ConsumerGroupListing_group_id(listing),
                      .state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupListing_state(listing)),
                      .simple = rd_kafka_ConsumerGroupListing_is_simple_consumer_group(listing) != 0,
                      .members = {}});
  std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.name < b.name; });
  add_members(client, groups, until);
  return groups;
}

std::map<std::string, Known<Commits>> Cluster::committed(std::span<const std::string> groups, const Deadline& until) {
  if (groups.empty()) return {};
  auto& client = impl_->commits_reader(groups.front());
  std::vector<Client::Send> requests;  // one group a request, all at once
  for (const auto& group : groups)
    requests.push_back([&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
      const ListGroupOffsets request{rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr)};
      auto* one = request.get();
      rd_kafka_ListConsumerGroupOffsets(client.get(), &one, 1, options, queue);
    });
  const auto events = client.ask_all(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "reading commits", until, requests);
  std::map<std::string, Known<Commits>> found;
  for (std::size_t i = 0; i < groups.size(); ++i) found.insert_or_assign(groups[i], commits(client, groups[i], events[i].get()));
  return found;
}

}  // namespace ctl::kafka
