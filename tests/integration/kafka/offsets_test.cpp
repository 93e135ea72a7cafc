#include <catch2/catch.hpp>

#include "kafka_test.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using At = kafka::Cluster::At;

namespace {

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
