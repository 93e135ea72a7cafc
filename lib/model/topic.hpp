#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "value/value.hpp"

/// Room model: plain structs that the manifest declares, the clients return and the plan takes. No behaviour beyond small questions about
/// themselves, no I/O; it knows no server and no file syntax.
namespace ctl {

using Config = std::map<std::string, std::string, std::less<>>;  ///< key -> value, both as the server spells them

/// A topic as topics.yaml declares it.
struct TopicSpec {
  std::string name{}, family{}, description{}, owner{};
  int partitions{};
  int replication{};
  Config config{};            ///< retention.ms, cleanup.policy …: complete, family and defaults merged in
  bool expect_empty{};        ///< declared because somebody lists it; nothing ever writes to it
  std::string captures{};     ///< the core table whose changes arrive here ("public.products"), "" if none
  std::vector<std::string> consumers{};
  Position at{};
};

enum class Origin : unsigned char { topic, broker, standard };  ///< where a live config value comes from (DescribeConfigs' config source)
struct ConfigEntry {
  std::optional<std::string> value{};  ///< nullopt: sensitive, the broker does not tell
  Origin origin{};
  bool operator==(const ConfigEntry&) const = default;
};
struct PartitionState {
  int id{};
  int leader{-1};  ///< -1: none
  std::vector<int> replicas{}, isr{};
};

/// A topic as the cluster has it.
struct TopicState {
  std::string name{};
  std::vector<PartitionState> partitions{};  ///< by id
  std::map<std::string, ConfigEntry, std::less<>> config{};
  bool internal{};
  [[nodiscard]] int replication() const noexcept { return partitions.empty() ? 0 : static_cast<int>(partitions.front().replicas.size()); }
};

struct Offsets {
  std::int64_t start{}, end{};
};

}  // namespace ctl
