#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
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
#include "core/text.hpp"
#include "model/topic.hpp"

/// Room kafka: talks to a Kafka cluster by librdkafka's C API. It knows topics, groups, offsets and records, and nothing of manifests,
/// plans, tables or what a record means.
namespace ctl::kafka {

struct Partition {
  std::string topic{};
  int id{};
  auto operator<=>(const Partition&) const = default;
};
[[nodiscard]] std::string to_string(const Partition&);  ///< "shop.clicks [0]"

/// How to reach a cluster. `properties` are librdkafka's own (--kafka-property), `secrets` those that must not be printed; `origin` says
/// where `brokers` came from, for messages.
struct Settings {
  std::string brokers{};
  std::map<std::string, std::string> properties{};
  std::map<std::string, Secret> secrets{};
  std::string origin{};
};

struct Broker {
  int id{};
  std::string host{};
  int port{};
  bool controller{};       ///< takes the admin requests; with KRaft any living broker may say so
  Known<Config> config{};  ///< as the broker itself answers at its advertised address; sensitive values are left out
};

struct Member {
  std::string client_id{}, host{};
  std::vector<Partition> assigned{};
};
/// "shop@10.0.0.7"
[[nodiscard]] std::string to_string(const Member&);
struct Group {
  std::string name{};
  std::string state{};  ///< Kafka's word: Stable, Empty, PreparingRebalance …; Unknown for one that librdkafka has no word for
  bool simple{};        ///< nobody ever joined: its commits come from consumers that assign partitions themselves, or from a reset
  Known<std::vector<Member>> members{};  ///< unknown for groups of the new consumer protocol (KIP-848) on a connection that is not plain
  /// Nobody is in it. False also for a state that is not known.
  [[nodiscard]] bool empty() const { return state == "Empty" || state == "Dead"; }
};
/// Throws Error{refused} that names the members, as far as they are visible, unless nobody is in the group.
void need_empty(const Group&);
struct Bounds {
  Known<std::int64_t> start{}, end{}, stable{};
};
using Commits = std::map<Partition, std::int64_t>;  ///< next offset a group will read; partitions without a commit are left out

/// Reads. No member writes, so a dry run holds this and nothing else. One librdkafka handle for the process; one log and one error
/// callback, both served on the calling thread (log.queue), the last broker reason kept for messages. Every call throws Error{unreachable,
/// timeout, denied} when nothing can be learnt, and gives up within a second when no bootstrap server can be reached at all.
class Cluster {
 public:
  Cluster(Settings, Listener&);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  [[nodiscard]] std::string id(const Deadline&);
  /// By id. Each was asked at the address it advertises, so an address that cannot be reached from here shows in its config.
  [[nodiscard]] std::vector<Broker> brokers(const Deadline&);
  [[nodiscard]] std::vector<std::string> topics(const Deadline&);  ///< by name, internal ones included
  /// One metadata request and one DescribeConfigs for 500 topics. not_found for those that do not exist. `keys`: only these configs, which
  /// makes the answer for many topics a small one ({}: all).
  [[nodiscard]] std::map<std::string, Known<TopicState>> describe(std::span<const std::string> topics, std::span<const std::string> keys,
                                                                  const Deadline&);
  [[nodiscard]] std::map<std::string, Known<TopicState>> describe(std::span<const std::string> topics, const Deadline& until) {
    return describe(topics, {}, until);
  }

  /// The same of every topic that metadata shows. The configs of the `likely` ones, which is called on a thread of its own, are asked for
  /// while metadata is still under way.
  using Names = std::function<std::vector<std::string>()>;
  [[nodiscard]] std::map<std::string, Known<TopicState>> describe_all(const Names& likely, std::span<const std::string> keys,
                                                                      const Deadline&);

  /// The id that each topic got when it was made (KIP-516), as Kafka's own tools print it: one that was deleted and made anew under the
  /// same name has another. An Error for those that do not exist (not_found), and for all on a connection with TLS or SASL.
  [[nodiscard]] std::map<std::string, Known<std::string>> topic_ids(std::span<const std::string> topics, const Deadline&);

  /// `latest` is the high watermark: the offset of the next record. `stable` is where a read_committed consumer ends now: the start of the
  /// oldest open transaction, or the high watermark. Markers take offsets too: end - start is an upper bound of the records, not their
  /// number.
  enum class At : signed char { earliest = -2, latest = -1, stable = -4 };
  /// One bad leader costs only its own partitions, and those until the deadline.
  [[nodiscard]] std::map<Partition, Known<std::int64_t>> offsets(std::span<const Partition>, At, const Deadline&);
  /// All three of each, in less time than one after the other: a broker answers the requests of one connection in turn, so two are used.
  /// start <= stable <= end.
  [[nodiscard]] std::map<Partition, Bounds> bounds(std::span<const Partition>, const Deadline&);
  /// Of the first record at or after the instant; the high watermark when there is none.
  [[nodiscard]] std::map<Partition, Known<std::int64_t>> offsets(std::span<const Partition>, Millis, const Deadline&);

  [[nodiscard]] std::vector<Group> groups(const Deadline&);  ///< by name
  [[nodiscard]] std::map<std::string, Known<Commits>> committed(std::span<const std::string> groups, const Deadline&);

 private:
  friend class Admin;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ctl::kafka
