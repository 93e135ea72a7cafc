#pragma once
#include <cstdint>
#include <optional>

#include "kafka/cluster.hpp"
#include "model/topic.hpp"

namespace ctl::transfer {

/// What a broker and the client refuse of single records. nullopt: there is no such limit.
struct RecordLimits {
  std::optional<std::int64_t> ahead_ms{};   ///< a record's time may be so much later than the broker's clock
  std::optional<std::int64_t> behind_ms{};  ///< … and earlier
  std::int64_t client_bytes{};              ///< librdkafka's message.max.bytes: of a record before it is compressed
  std::int64_t topic_bytes{};               ///< max.message.bytes: of a batch, after that
};

/// Of a topic as it is. Of one that does not exist yet: what is declared, else the brokers' defaults, the narrowest of several.
/// Error{unreachable | timeout | denied} when they cannot be learnt.
[[nodiscard]] RecordLimits record_limits(kafka::Cluster&, const kafka::Settings&, const std::string& topic, const Config& declared,
                                         const Deadline&);

/// What librdkafka counts of a record against message.max.bytes: its bytes and the most that the rest of it can take on the wire.
[[nodiscard]] constexpr std::int64_t record_bytes(std::size_t key, std::size_t value) {
  constexpr std::int64_t overhead = 36;  // rdkafka_proto.h, RD_KAFKAP_MESSAGE_V2_MAX_OVERHEAD
  return static_cast<std::int64_t>(key + value) + overhead;
}

}  // namespace ctl::transfer
