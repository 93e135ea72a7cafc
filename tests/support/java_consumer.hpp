#pragma once
#include <string>
#include <vector>

#include "support/sandbox.hpp"

/// Command of Kafka's own consumer as a member `shop` of a group with the protocol of KIP-848, which librdkafka 2.0 has not and a broker
/// has from 4.0 on: reads from the beginning, prints each value in a line, commits ten times a second, leaves the group on SIGTERM.
[[nodiscard]] inline std::vector<std::string> java_consumer(const std::string& group, const std::string& topic) {
  return {PROJECT_DIR "/tests/support/java_consumer", sandbox::brokers(), group, topic};
}
