#pragma once
#include <cstdint>
#include <string_view>

/// The hash by which Kafka's Java client and kafkajs choose partitions (org.apache.kafka.common.utils.Utils.murmur2).
inline std::int32_t murmur2(std::string_view bytes) {
  constexpr std::uint32_t m = 0x5bd1e995;
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  auto h = 0x9747b28cU ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    auto k = (at(i) | at(i + 1) << 8U | at(i + 2) << 16U | at(i + 3) << 24U) * m;
    k = (k ^ (k >> 24U)) * m;
    h = (h * m) ^ k;
  }
  const auto left = bytes.size() - i;
  if (left > 2) h ^= at(i + 2) << 16U;
  if (left > 1) h ^= at(i + 1) << 8U;
  if (left > 0) h = (h ^ at(i)) * m;
  h = (h ^ (h >> 13U)) * m;
  return static_cast<std::int32_t>(h ^ (h >> 15U));
}

inline int partition_of(std::string_view key, int partitions) { return (murmur2(key) & 0x7fffffff) % partitions; }
