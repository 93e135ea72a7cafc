#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "kafka/cluster.hpp"

namespace ctl::kafka {

/// What the brokers said when they could not be reached, the last reason of each, and the one sentence it comes to. librdkafka's calls say
/// just "Broker transport failure"; the reason comes through its error callback, as text.
class Trouble {
 public:
  enum class Kind : unsigned char { refused, unresolved, denied, foreign, other };  ///< foreign: it does not speak Kafka
  /// `reason` is the callback's: "localhost:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in …)".
  void add(Kind, std::string_view reason);
  /// A bootstrap server has answered since. What is wrong with advertised addresses stays: librdkafka repeats a reason only after 30 s.
  void answered(const Settings&);

  /// unreachable or denied; nullopt as long as no broker complained.
  [[nodiscard]] std::optional<Error> sentence(const Settings&) const;
  /// Waiting rarely cures it: no server of the bootstrap list can be reached, or none of the `brokers` advertised addresses (0: not known
  /// yet).
  [[nodiscard]] bool hopeless(const Settings&, int brokers) const;
  [[nodiscard]] bool denied() const;

 private:
  struct Reason {
    Kind kind{};
    std::string id{}, words{};  ///< id: "bootstrap", the broker's number, or "" for a coordinator
    std::chrono::steady_clock::time_point said{};
  };
  [[nodiscard]] static bool is_bootstrap(const Settings&, const std::string& node, const Reason&);
  std::map<std::string, Reason> reasons_{};  ///< by host:port
};

/// "localhost:9092 (default)": the brokers with the origin of the value.
[[nodiscard]] std::string address(const Settings&);

}  // namespace ctl::kafka
