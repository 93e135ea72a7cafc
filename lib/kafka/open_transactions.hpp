#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kafka/client.hpp"
#include "kafka/left_open.hpp"

/// What partitions' leaders and coordinators know of transactions (KIP-664), which librdkafka does not ask. For the .cpp files of this
/// room.
namespace ctl::kafka {

/// What its coordinator says of a transactional id.
struct TransactionState {
  std::string state{};  ///< Kafka's word: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, PrepareEpochFence
  std::int64_t producer{-1};
  int epoch{-1};
  /// Its markers may still be on their way to the partitions.
  [[nodiscard]] bool ending() const { return state.starts_with("Prepare"); }
};

/// All that is open on these partitions, by DescribeProducers of each leader. Throws Error{unreachable | timeout | denied | failed} unless
/// every leader has answered for each of its partitions: not known is never "nothing".
[[nodiscard]] std::vector<OpenTransaction> open_transactions(Client&, std::span<const Partition>, const Deadline&);

/// nullopt: its coordinator does not know the id. Throws like open_transactions().
[[nodiscard]] std::optional<TransactionState> transaction_state(Client&, const std::string& id, const Deadline&);

/// Writes the marker that a coordinator has lost (WriteTxnMarkers, as kafka-transactions.sh abort does). The marker has the epoch of what
/// is open: should the request arrive again later, the leader refuses it once it has seen a record of a newer epoch. Error{denied} without
/// ALTER or CLUSTER_ACTION on the cluster.
void end_transaction(Client&, const OpenTransaction&, bool commit, const Deadline&);

}  // namespace ctl::kafka
