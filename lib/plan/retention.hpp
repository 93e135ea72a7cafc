#pragma once
#include <chrono>
#include <optional>

#include "core/text.hpp"
#include "model/topic.hpp"

namespace ctl::plan {

/// The configs of a topic as they take effect, wherever they come from; what the broker did not tell is left out.
[[nodiscard]] Config effective(const TopicState&);

/// What happens to records that are older than a topic takes or keeps. Retention goes by a record's own time, so events copied with theirs
/// are deleted minutes after they were written.
struct Expiry {
  enum class How : unsigned char { deleted, refused } how{};
  Millis before{};                    ///< all records older than this
  std::chrono::milliseconds limit{};  ///< retention.ms or message.timestamp.before.max.ms
  std::chrono::milliseconds age{};    ///< of the oldest record
};
/// nullopt: a record of that time is kept. A config that is not given has Kafka's default (retention.ms: 7 days).
[[nodiscard]] std::optional<Expiry> expiry(const Config& effective, Millis oldest, Millis now);

}  // namespace ctl::plan
