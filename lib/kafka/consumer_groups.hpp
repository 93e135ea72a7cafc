#pragma once
#include <span>
#include <string>

#include "kafka/client.hpp"

namespace ctl::kafka {

/// ConsumerGroupDescribe (KIP-848): state and members of groups of the new protocol, asked of their coordinator and written into them. No
/// librdkafka has this request, so that it is spoken here, on connections that are neither encrypted nor authenticated; members that cannot
/// be had are unknown, with the reason.
void add_consumer_members(Client&, const std::string& host, int port, std::span<Group* const>, const Deadline&);

}  // namespace ctl::kafka
