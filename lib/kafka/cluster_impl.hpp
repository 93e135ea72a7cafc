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

  Listener& listener;
  Client client;  ///< a consumer: a producer handle would create the topics it asks about

 private:
  std::unique_ptr<Client> stable_{};
};

}  // namespace ctl::kafka
