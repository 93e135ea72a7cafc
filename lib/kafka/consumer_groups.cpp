#include "kafka/consumer_groups.hpp"

#include <algorithm>

#include "kafka/wire.hpp"

namespace ctl::kafka {
namespace {

constexpr std::int16_t consumer_group_describe = 69;
constexpr std::chrono::seconds patience{5};  // long enough for a living coordinator

WireWriter request(std::span<Group* const> groups) {
  WireWriter body;
  body.array(groups.size());
  for (const auto* group : groups) body.string(group->name);
  body.int8(0).tags();  // without what we may do to them
  return body;
}

std::vector<Partition> read_assignment(WireReader& in) {
  std::vector<Partition> assigned;
  for (auto topics = in.array(); topics > 0; --topics) {
    in.skip(16);  // its id
    const auto topic = in.string().value_or("");
    for (auto partitions = in.array(); partitions > 0; --partitions) assigned.push_back({topic, static_cast<int>(in.integer(4))});
    in.tags();
  }
  in.tags();
  return assigned;
}

Member read_member(WireReader& in) {
  for (int i = 0; i < 3; ++i) static_cast<void>(in.string());  // its id, instance and rack
  in.skip(4);                                                  // its epoch
  Member member{.client_id = in.string().value_or(""), .host = in.string().value_or("")};
  if (member.host.starts_with('/')) member.host.erase(0, 1);
  for (auto topics = in.array(); topics > 0; --topics) static_cast<void>(in.string());
  static_cast<void>(in.string());  // the pattern of topics it subscribed to
  member.assigned = read_assignment(in);
  static_cast<void>(read_assignment(in));  // what it is to have once others have let go
  in.tags();
  return member;
}

/// One group of the answer: its name, and what is to be said of it.
struct Described {
  rd_kafka_resp_err_t error{};
  std::string words{}, name{}, state{};
  std::vector<Member> members{};
};

Described read_group(WireReader& in) {
  Described group;
  group.error = static_cast<rd_kafka_resp_err_t>(in.integer(2));
  group.words = in.string().value_or("");
  group.name = in.string().value_or("");
  group.state = in.string().value_or("");
  in.skip(8);                      // epochs of the group and of what was assigned
  static_cast<void>(in.string());  // who assigns
  for (auto members = in.array(); members > 0; --members) group.members.push_back(read_member(in));
  in.skip(4);  // what we may do to it
  in.tags();
  return group;
}

void add(Client& client, Group& to, Described&& from) {
  switch (from.error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: to.state = std::move(from.state), to.members = std::move(from.members); break;
    case RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND: to.state = "Dead", to.members = {}; break;  // of neither protocol: gone since it was listed
    default: to.members = tl::unexpected<Error>{client.failure(from.error, "describing group " + to.name, from.words)};
  }
}

void need_plain(const Settings& settings) {
  if (!is_plain(settings))
    throw Error{Code::failed, {.what = "it uses the consumer protocol of KIP-848, which is spoken here without encryption alone"}};
}

void say_unknown(std::span<Group* const> groups, Code code, const std::string& why) {
  for (auto* group : groups)
    group->members = tl::unexpected<Error>{Error{code, {.what = "the members of group " + group->name + " are not visible", .cause = why}}};
}

}  // namespace

void add_consumer_members(Client& client, const std::string& host, int port, std::span<Group* const> groups, const Deadline& until) {
  say_unknown(groups, Code::failed, "its coordinator left it out");
  const auto asked = attempt([&] {
    need_plain(client.settings());
    auto answer = exchange(host, port, consumer_group_describe, 0, request(groups), until.within(patience));
    answer.skip(4);  // how long it throttled us
    for (auto left = answer.array(); left > 0; --left) {
      auto described = read_group(answer);
      const auto group = std::find_if(groups.begin(), groups.end(), [&](const Group* one) { return one->name == described.name; });
      if (group != groups.end()) add(client, **group, std::move(described));
    }
  });
  if (asked) return;
  const auto& text = asked.error().text();
  say_unknown(groups, asked.error().code(), text.what + (text.cause.empty() ? "" : ": " + text.cause));
}

}  // namespace ctl::kafka
