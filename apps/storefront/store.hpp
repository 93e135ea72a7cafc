#pragma once
#include <cstdint>
#include <optional>

#include "event.hpp"

namespace storefront {

/// Where an event is, now that it is safe: its row, or its message.
struct Receipt {
  std::optional<std::int64_t> id{};  ///< of the row
  std::optional<int> partition{};    ///< of the topic
  std::optional<std::int64_t> offset{};
};

/// Where events go: a table before the migration, a topic after it. Any thread may write.
class EventStore {
 public:
  virtual ~EventStore() = default;
  [[nodiscard]] virtual const char* mode() const = 0;  ///< "postgres", "kafka"
  [[nodiscard]] virtual bool keeps_rows() const = 0;   ///< the API can count and sum events in the database
  /// Returns when the row is committed, or the message acknowledged by all in-sync replicas. Throws ctl::Error when it is not, or may not
  /// be.
  virtual Receipt write(const Event&) = 0;
  /// The process must end: events under way fail now rather than later, and no more are taken.
  virtual void give_up() = 0;
};

}  // namespace storefront
