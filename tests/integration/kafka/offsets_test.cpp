#include <librdkafka/rdkafka.h>

#include <catch2/catch.hpp>
#include <memory>

#include "kafka/admin.hpp"
#include "kafka_test.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using At = kafka::Cluster::At;

namespace {

/// A consumer of the application: joins `group`, reads `topic`, commits what the test says.
class Consumer {
 public:
  Consumer(const std::string& group, const std::string& topic) {
    char why[512];
    auto* conf = rd_kafka_conf_new();
    for (const auto& [key, value] :
         {std::pair{"bootstrap.servers", sandbox::brokers()}, std::pair{"group.id", group}, std::pair{"client.id", std::string{"shop"}},
          std::pair{"enable.auto.commit", std::string{"false"}}, std::pair{"auto.offset.reset", std::string{"earliest"}}})
      rd_kafka_conf_set(conf, key, value.c_str(), why, sizeof why);
    handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why));
    rd_kafka_poll_set_consumer(handle_.get());
    auto* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(handle_.get(), topics);
    rd_kafka_topic_partition_list_destroy(topics);
  }
  ~Consumer() { rd_kafka_consumer_close(handle_.get()); }
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  void poll() {
    std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)>{rd_kafka_consumer_poll(handle_.get(), 50), rd_kafka_message_destroy};
  }

 private:
  std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> handle_{nullptr, rd_kafka_destroy};
};

std::vector<kafka::Partition> partitions_of(const std::string& topic, int count) {
  std::vector<kafka::Partition> all;
  for (int id = 0; id < count; ++id) all.push_back({topic, id});
  return all;
}

std::vector<oracle::Record> records(int partition, int count, std::int64_t time_ms = 0) {
  std::vector<oracle::Record> all;
  for (int i = 0; i < count; ++i)
    all.push_back({.partition = partition, .time_ms = time_ms + (time_ms > 0 ? i : 0), .key = "k", .value = "v", .headers = {}});
  return all;
}

}  // namespace

TEST_CASE_METHOD(OnKafka, "first and next offsets of many partitions, in more than one request a leader") {
  const sandbox::Topic topic{"many", 600};
  oracle::produce(topic.name(), records(0, 7));
  oracle::produce(topic.name(), records(599, 3));
  oracle::cut(topic.name(), 599, 2);
  const auto all = partitions_of(topic.name(), 600);
  const auto starts = cluster.offsets(all, At::earliest, until), ends = cluster.offsets(all, At::latest, until);
  REQUIRE(starts.size() == 600);
  REQUIRE(ends.size() == 600);
  for (const auto& [partition, end] : ends) CHECK(end.value() == (partition.id == 0 ? 7 : partition.id == 599 ? 3 : 0));
  CHECK(starts.at({topic.name(), 599}).value() == 2);
}

TEST_CASE_METHOD(OnTopic, "a partition that does not exist costs only itself") {
  const std::vector<kafka::Partition> asked{{name, 0}, {name, 99}, {name + "-missing", 0}, {name, 0}};
  const auto found = cluster.offsets(asked, At::latest, until);
  REQUIRE(found.size() == 3);
  CHECK(found.at({name, 0}).value() == 0);
  CHECK(found.at({name, 99}).error().code() == Code::not_found);
  CHECK(found.at({name + "-missing", 0}).error().code() == Code::not_found);
}

TEST_CASE_METHOD(OnTopic, "the offset of an instant is that of the first record at or after it, the end when all are older") {
  constexpr std::int64_t time = 1709294400000;
  oracle::produce(name, records(1, 10, time));  // a millisecond apart
  const kafka::Partition partition{name, 1};
  const auto at = [&](std::int64_t ms) {
    return cluster.offsets({&partition, 1}, Millis{std::chrono::milliseconds{ms}}, until).at(partition).value();
  };
  CHECK(at(time - 1000) == 0);
  CHECK(at(time + 4) == 4);
  CHECK(at(time + 60'000) == 10);
}

TEST_CASE_METHOD(OnTopic, "lag counts from the commit, or from the log's start where retention has passed it, nothing is negative") {
  const auto group = sandbox::unique("group");
  oracle::produce(name, records(0, 10));
  oracle::produce(name, records(1, 10));
  kafka::Admin{cluster}.set_group_offsets(group, {{{name, 0}, 4}, {{name, 1}, 0}}, until);
  oracle::cut(name, 1, 8);
  const auto lags = cluster.lag(group, until);
  REQUIRE(lags.size() == 2);  // partition 2 has no commit
  CHECK(lags[0].committed.value() == 4);
  CHECK(lags[0].end.value() == 10);
  CHECK(lags[0].offsets().value() == 6);
  CHECK(lags[1].offsets().value() == 2);
  CHECK(cluster.lag(sandbox::unique("nobody"), until).empty());
}

TEST_CASE_METHOD(OnTopic, "a group shows its state, its members and what they read, and is not touched while it has any") {
  const auto group = sandbox::unique("group");
  const auto seen = [&] {
    const auto groups = cluster.groups(until);
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.name == group; });
    return found == groups.end() ? kafka::Group{} : *found;
  };
  {
    Consumer consumer{group, name};
    while (seen().state != "Stable") consumer.poll();
    const auto members = seen().members.value();
    REQUIRE(members.size() == 1);
    CHECK(members[0].client_id == "shop");
    CHECK(members[0].assigned.size() == 3);
    const auto error = error_of([&] { kafka::Admin{cluster}.set_group_offsets(group, {{{name, 0}, 0}}, until); });
    CHECK(error.code() == Code::refused);
    CHECK(error.what() == "group " + group + " is in use (Stable)");
  }
  kafka::Admin{cluster}.set_group_offsets(group, {{{name, 0}, 0}, {{name, 2}, 0}}, until);
  CHECK(seen().state == "Empty");
  CHECK(cluster.committed({&group, 1}, until).at(group).value() == kafka::Commits{{{name, 0}, 0}, {{name, 2}, 0}});
}
