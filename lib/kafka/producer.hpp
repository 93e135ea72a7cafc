#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/text.hpp"
#include "kafka/left_open.hpp"
#include "kafka/record.hpp"

namespace ctl::kafka {

/// Where a key lands: murmur2 as in Java's and kafkajs' default partitioner, by librdkafka's own function.
[[nodiscard]] int partition_of(std::string_view key, int partitions);

/// Exactly-once writing. Constructing it fences every older instance of `id` and ends its transaction: construct first, read the
/// checkpoint second. One thread. begin .. send* .. commit, in this order; anything else is a bug and throws internal. Nothing that a
/// broker has left open of an older transaction is ever committed by a newer one (left_open.hpp).
class Transactional {
 public:
  /// Waits for the coordinator until the deadline: Error{unreachable | timeout | denied | config}; Error{refused} for what is open in a
  /// target and cannot be decided.
  Transactional(const Settings&, std::string id, Listener&, const Deadline&, Targets = {});
  Transactional(Transactional&&) noexcept;
  Transactional& operator=(Transactional&&) noexcept;
  ~Transactional();  ///< aborts what is open, best effort, at most 1 s; what it cannot abort, the next instance of the id does

  /// Waits until the transaction before has ended in every partition. False: a broker has lost its end, and the object is dead; a new one
  /// ends it.
  bool begin(const Deadline&);
  /// Copies all of it; no key and an empty key are different things. Waits for room until the deadline (poll, so delivery failures
  /// surface here as well): Error{timeout}. A transaction that has already failed takes no more records, and commit() says so.
  /// Throws Error{failed} for a record that cannot be sent at all: larger than message.max.bytes, or timed before 1970-01-01T00:00:00.001Z,
  /// which Kafka cannot express (0 means "now" to librdkafka, negative nothing to the broker).
  void send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time, const Deadline&,
            std::span<const Header> headers = {});

  /// Waits until all that was sent has been acknowledged; false at the deadline. Of what cannot be written commit() says why.
  [[nodiscard]] bool flush(const Deadline&);

  enum class Commit : unsigned char { done, aborted, in_doubt };
  /// done: it will be seen whole; a read_committed reader sees it when the coordinator has written the markers, some milliseconds later.
  /// aborted: nothing of it is visible, the object can begin() again; the reason was transient. in_doubt (timeout, transport): the object
  /// is dead; make a new one and read the checkpoint. Fenced throws Error{busy}; a record that the broker refuses, Error{failed} after the
  /// abort.
  [[nodiscard]] Commit commit(const Deadline&);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::kafka
