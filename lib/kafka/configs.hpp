#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kafka/client.hpp"
#include "model/topic.hpp"

namespace ctl::kafka {

using Configs = std::map<std::string, ConfigEntry, std::less<>>;

/// DescribeConfigs of topics, 500 a request (synonyms make the answers large); only `keys`, if there are any.
class TopicConfigs {
 public:
  /// Sends the requests, from any thread.
  TopicConfigs(Client&, std::span<const std::string> topics, std::span<const std::string> keys, const Deadline&);
  /// Waits for the answers, once. A topic's own error is its own.
  [[nodiscard]] std::map<std::string, Known<Configs>> take(const Deadline&);

 private:
  struct Batch {
    Client::Send request{};
    Queue answer{};
  };
  Client* client_;
  std::vector<Batch> batches_{};
};

/// DescribeConfigs of brokers, each asked itself, all at once.
[[nodiscard]] std::vector<Known<Configs>> broker_configs(Client&, std::span<const int> ids, const Deadline&);

}  // namespace ctl::kafka
