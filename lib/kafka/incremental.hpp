#pragma once
#include <span>
#include <string>

#include "kafka/client.hpp"
#include "model/topic.hpp"

namespace ctl::kafka {

/// IncrementalAlterConfigs (KIP-339): sets and resets the named overrides of a topic and touches no other, in one step at the controller.
/// librdkafka has it from 2.2; before, it is spoken here, on connections that are neither encrypted nor authenticated. Throws
/// Error{refused} with the command that does it elsewhere where neither way is open, or the broker is older than the call (2.4); an Error
/// with the broker's words when it refuses.
void alter_incrementally(Client&, const std::string& topic, const Config& set, std::span<const std::string> reset, const Deadline&);

}  // namespace ctl::kafka
