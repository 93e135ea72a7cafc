#pragma once
#include <chrono>
#include <optional>

#include "core/text.hpp"
#include "model/topic.hpp"
#include "plan/plan.hpp"

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

/// What a topic is set to while it has the only copy of a table's history: nothing removes a record then, whatever its manifest, its
/// broker or anybody's override says. Of tiered storage only what is declared: a broker without it may not know the keys.
[[nodiscard]] std::vector<Hold> holds_of_history(const std::string& topic, const Config& declared);

/// The configs in effect that remove records other than by age, with their values: "retention.bytes 1048576", "cleanup.policy compact".
[[nodiscard]] std::vector<std::string> removers(const Config& effective);

}  // namespace ctl::plan
