#pragma once
#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "value/report.hpp"
#include "value/value.hpp"

namespace ctl {

using Digest = std::string;  ///< hex SHA-256 of a canonical text

enum class Kind : unsigned char { schema, topic, data, gate, parity, connector, group, access };
struct Resource {
  Kind kind{};
  std::string name{};
  auto operator<=>(const Resource&) const = default;
};
[[nodiscard]] std::string to_string(const Resource&);  ///< "topic/orders.v1"

struct Change {
  std::string path{};  ///< "config.retention.ms"
  std::optional<std::string> before{}, after{};
  bool sensitive{};  ///< values are digests and are never printed
};

enum class Action : unsigned char { create, update, adopt, run, remove, wait, blocked };
enum class Risk : unsigned char { safe, disruptive, destructive };
enum class Undo : unsigned char { exact, lossy, none };

/// One thing to do. Executed from what is in it and nothing else: what was shown is what is done.
/// `blocked` and `wait` are answers, not errors: they carry the remedy or what they wait for, and are never applied.
struct Step {
  Resource resource{};
  std::string phase{};  ///< "topics", "backfill", "retire" …: of the journey, for people; "" outside it
  Action action{};
  std::vector<Change> changes{};
  std::string summary{};  ///< "3 partitions, retention -1": CHANGE column
  Risk risk{Risk::safe};
  Undo undo{Undo::exact};
  std::string why{};
  std::string remedy{};
  std::uint64_t rows{}, bytes{};  ///< about as much is moved
  struct Reader {
    std::string group{}, topic{};
  };
  std::vector<Reader> readers{};  ///< consumer groups that will read these rows as old events
  Digest precondition{};          ///< of the observed facts this step relies on, and of no others; structure, never row counts or offsets
  /// It cannot be done: why, and what would change that.
  void block(std::string reason, std::string way_out) {
    action = Action::blocked;
    why = std::move(reason);
    remedy = std::move(way_out);
  }
};

/// At most one step a resource and phase; the same input gives the same bytes. Empty means: nothing to do.
struct Plan {
  std::string target{};  ///< deploy rollback topics connector schema
  std::string context{}, cluster_id{}, database_id{};
  std::string until{};
  std::string inputs_digest{};
  std::vector<Step> steps{};
  [[nodiscard]] Digest fingerprint() const;  ///< of resources, actions, changes and preconditions
};

/// How long the move of so many rows takes, about: what two cores do that servers share (tests/bench/run).
[[nodiscard]] constexpr std::chrono::milliseconds move_time(std::uint64_t rows) { return std::chrono::milliseconds{rows / 400}; }

[[nodiscard]] std::string_view to_string(Kind);
[[nodiscard]] std::string_view to_string(Action);
[[nodiscard]] std::string_view to_string(Risk);
[[nodiscard]] std::string_view to_string(Undo);

[[nodiscard]] Report report(const Plan&);  ///< the table and the JSON of CLI.md, section 6
[[nodiscard]] Value to_value(const Plan&);
[[nodiscard]] Plan read_plan(const Value&);  ///< of a saved plan; throws Error{manifest} with its place
[[nodiscard]] Value to_value(const Step&);

}  // namespace ctl
