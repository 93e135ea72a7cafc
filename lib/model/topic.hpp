#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
  Config config{};                                           ///< retention.ms, cleanup.policy …: complete, family and defaults merged in
  std::map<std::string, Position, std::less<>> config_at{};  ///< where each of them is written
  bool expect_empty{};                                       ///< declared because somebody lists it; nothing ever writes to it
  std::string captures{};                                    ///< the core table whose changes arrive here ("public.products"), "" if none
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

/// A live config of a topic; nullopt when the broker did not tell it (or, as a number, when it is none).
[[nodiscard]] std::optional<std::string> config_text(const TopicState&, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> config_number(const TopicState&, std::string_view key);
[[nodiscard]] std::string format_retention(std::optional<std::int64_t> ms);  ///< "7d", "forever", "?"

struct Offsets {
  std::int64_t start{}, end{};
};

/// Whether two spellings of a config value mean the same to a broker: "0.50" and "0.5", "TRUE" and "true", "delete, compact" and
/// "compact,delete".
[[nodiscard]] bool same_config(std::string_view, std::string_view);

}  // namespace ctl
