#pragma once
#include <chrono>
#include <map>
#include <string>

#include "connect/worker.hpp"
#include "core/listener.hpp"
#include "kafka/cluster.hpp"
#include "model/project.hpp"
#include "postgres/connection.hpp"

namespace ctl {

/// What every command that looks at or changes servers works with: the operator's files, where the servers are, who asks.
/// Made once by apps; nothing in it is written to afterwards.
struct Surroundings {
  const Project& project;
  postgres::Target database;
  kafka::Settings kafka;
  connect::Url connect;
  Listener& listener;

  std::string context{"local"};
  bool is_protected{};
  std::string pinned_cluster_id{}, pinned_system_id{};  ///< "" = not pinned
  std::chrono::milliseconds quiet_for{30'000};          ///< no insert for so long is one part of the evidence that writers are gone

  std::string who{}, host{}, version{};  ///< for the journal
  int pid{};
  std::map<std::string, std::string> environment{};  ///< for ${env:NAME} references that the tool resolves
};

}  // namespace ctl
