#pragma once
#include <memory>

#include "kafka/client.hpp"
#include "kafka/cluster.hpp"

namespace ctl::kafka {

/// For the .cpp files of Cluster and Admin.
struct Cluster::Impl {
  Impl(Settings, Listener&);
  /// ListOffsets answers by the handle's isolation level; this second one is made when the last stable offset is first asked for.
  [[nodiscard]] Client& committed_reader();
  /// librdkafka dies of a null pointer when a coordinator that has moved answers a handle without a group (confluentinc/librdkafka#5040).
  /// So commits are read by one that has a group, which it never joins: the first that is asked for.
  [[nodiscard]] Client& commits_reader(const std::string& group);

  Listener& listener;
  Client client;  ///< a consumer: a producer handle would create the topics it asks about

 private:
  std::unique_ptr<Client> stable_{}, commits_{};
};

}  // namespace ctl::kafka
