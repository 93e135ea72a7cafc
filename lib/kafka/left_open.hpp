#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kafka/cluster.hpp"

namespace ctl::kafka {

/// What has become of a transaction.
enum class Fate : unsigned char { unknown, committed, aborted };

/// A transaction that a partition holds open, as its leader tells.
struct OpenTransaction {
  Partition partition{};
  std::int64_t producer{};  ///< the id that its coordinator has given it
  int epoch{};
  int coordinator_epoch{};  ///< of the coordinator that wrote the partition's last marker; -1: there was none yet
  std::int64_t start{};     ///< offset of its first record
  Fate coordinator{};       ///< what its coordinator says of the last transaction, if this can be that one
};

/// Tells for each what it must become.
using Judge = std::function<std::vector<Fate>(const std::vector<OpenTransaction>&)>;

/// What a transactional producer writes to. A broker can lose the end of a transaction: its coordinator is done with it, and partitions
/// hold it open, so that the next marker of the same producer would decide it as well. All topics are looked at before the first record;
/// others, when they get their first one. Without a judge what is open becomes what its coordinator says, as it does in those others. Of
/// `unknown` nothing is ended and nothing is written: Error{refused}.
struct Targets {
  std::vector<std::string> topics{};
  Judge judge{};
};

}  // namespace ctl::kafka
