#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/listener.hpp"
#include "core/secret.hpp"
#include "model/topic.hpp"

namespace ctl::kafka {

struct Partition { std::string topic; int id{}; auto operator<=>(const Partition&) const = default; };
/// How to reach a cluster. `properties` are librdkafka's own (--kafka-property), `secrets` those that must not be printed; `origin` says where
/// `brokers` came from, for messages.
struct Settings {
  std::string brokers{};
  std::map<std::string, std::string> properties{};
  std::map<std::string, Secret> secrets{};
  std::string origin{};
};
struct Lag { Partition partition; Known<std::int64_t> committed; Known<std::int64_t> end; };

/// Reads. No member writes, so a dry run holds this and nothing else. One librdkafka handle for the process; one log and one error
/// callback, both served on the calling thread (log.queue), the last broker reason kept for messages.
class Cluster {
 public:
  Cluster(Settings, Listener&);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  [[nodiscard]] std::string id(const Deadline&);
  [[nodiscard]] std::vector<std::string> topics(const Deadline&);
  [[nodiscard]] std::map<std::string, Known<TopicState>> describe(std::span<const std::string> topics, const Deadline&);  ///< not_found per topic
  enum class At : signed char { earliest = -2, latest = -1 };
  [[nodiscard]] std::map<Partition, Known<std::int64_t>> offsets(std::span<const Partition>, At, const Deadline&);       ///< one bad leader costs only its own
  [[nodiscard]] std::map<Partition, Known<std::int64_t>> offsets(std::span<const Partition>, std::chrono::sys_time<std::chrono::milliseconds>, const Deadline&);
  [[nodiscard]] std::vector<Lag> lag(std::string_view group, const Deadline&);         ///< commits first, ends second: never negative
 private:
  friend class Admin;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::kafka
