#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What really is in a topic and in a table: librdkafka's bare consumer and libpqxx. Shares no code with lib, so that it can judge it.
namespace oracle {

struct Record {
  int partition{-1};  ///< to produce: -1 = where the key leads (murmur2, as Java and kafkajs)
  std::int64_t offset{};
  std::int64_t time_ms{};  ///< to produce: 0 = now
  std::optional<std::string> key{}, value{};
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// All committed records between the log's start and its high watermark of this moment, partition by partition in order.
[[nodiscard]] std::vector<Record> read(const std::string& topic);
/// Without a transaction, as an application writes; waits for the acknowledgement of all.
void produce(const std::string& topic, const std::vector<Record>&);
/// In a transaction, which ends with a marker in each partition it wrote to.
void transact(const std::string& topic, const std::vector<Record>&, bool commit);
/// Deletes records below an offset, as retention does.
void cut(const std::string& topic, int partition, std::int64_t before);
void remove_topic(const std::string& topic);  ///< and waits until it is gone
void create_topic(const std::string& topic, int partitions);
/// Replaces all overrides of a topic by these, as somebody with Kafka's own tools would.
void override_configs(const std::string& topic, const std::map<std::string, std::string>& configs);
[[nodiscard]] std::string config(const std::string& topic, const std::string& key);  ///< in effect; "" if the broker does not know it
[[nodiscard]] std::string cluster_id();
void add_partitions(const std::string& topic, int total);

/// The id that the event carries as "event_id":"pg:<table>:<id>"; nullopt for any other.
[[nodiscard]] std::optional<std::int64_t> id_of(const Record&, const std::string& table);
[[nodiscard]] std::vector<std::int64_t> ids(const std::string& database_url, const std::string& select);  ///< first column

/// "" if every id that `select` gives is in the topic exactly once, nothing else of the table is, and the ids of each key ascend; else what
/// is wrong.
[[nodiscard]] std::string exactly_once(const std::string& database_url, const std::string& select, const std::string& topic,
                                       const std::string& table);

}  // namespace oracle
