#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kafka/open_transactions.hpp"

/// Keeps a transactional producer from committing what a former transaction has left open. For the .cpp files of this room.
namespace ctl::kafka {

class TransactionGuard {
 public:
  /// Keeps all references. `producer` is its handle, `id` its transactional id.
  TransactionGuard(Client& producer, const std::string& id, Listener&);

  /// Before InitProducerId, which makes the coordinator forget what became of the last transaction.
  void ask_coordinator(const Deadline&);

  /// Ends what `id` has left open in the topics, and proves it. After InitProducerId: nothing of a former instance can be under way any
  /// more. Throws Error{refused} for what cannot be decided, Error{busy} when another instance has taken over, Error{denied} without the
  /// right to end it. What others have open is named and left alone. A topic that does not exist has nothing open.
  void clear(std::span<const std::string> topics, const Judge&, const Deadline&);

  /// A record was acknowledged.
  void delivered(const rd_kafka_topic_t*, int partition, std::int64_t offset) noexcept;
  /// A transaction was aborted, so that nobody knows where its last records lie.
  void aborted() noexcept { aborted_ = true; }
  /// Waits until the markers of the transaction before have arrived. False: one is lost, and only a new instance can tell its transactions
  /// apart.
  [[nodiscard]] bool last_has_ended(const Deadline&);

 private:
  using Offsets = std::map<Partition, std::int64_t>;
  [[nodiscard]] std::vector<Partition> partitions_of(std::span<const std::string> topics, const Deadline&);
  /// Where a partition has to become stable to, if it is not.
  [[nodiscard]] Offsets unstable(std::span<const Partition>, const Deadline&);
  [[nodiscard]] Offsets unstable(const Offsets& wanted, const Deadline&);
  [[nodiscard]] std::vector<OpenTransaction> ours(const Offsets& unstable, const TransactionState& now, const Deadline&);
  [[nodiscard]] TransactionState state(const Deadline&);
  [[nodiscard]] Fate coordinators_word(const OpenTransaction&, const TransactionState& now) const;
  void wait_until_stable(Offsets, const Deadline&);
  void end(const std::vector<OpenTransaction>&, const Judge&, const Deadline&);
  [[nodiscard]] Error undecided(const OpenTransaction&) const;

  struct Last {
    const rd_kafka_topic_t* topic{};
    int partition{};
    std::int64_t offset{};
  };
  Client& client_;
  const std::string& id_;
  Listener& listener_;
  Cluster cluster_;
  std::optional<TransactionState> before_{};  ///< nullopt: not known, or there was none
  std::vector<std::string> topics_{};         ///< that were cleared
  std::vector<Last> last_{};
  std::size_t at_{};  ///< of last_, most likely
  bool aborted_{};
};

/// What to throw when another instance has the transactional id.
[[nodiscard]] Error taken_over(const Settings&, const std::string& id, std::string words);

}  // namespace ctl::kafka
