#include <librdkafka/rdkafka.h>

#include <catch2/catch.hpp>
#include <memory>
#include <thread>

#include "kafka/admin.hpp"
#include "kafka_test.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

TopicSpec spec(std::string name, int partitions, Config config) {
  TopicSpec topic;
  topic.name = std::move(name);
  topic.partitions = partitions;
  topic.replication = 1;
  topic.config = std::move(config);
  return topic;
}

struct Fixture : OnKafka {
  kafka::Admin admin{cluster};
  std::string name{sandbox::unique("topics")};
  TopicState state() { return cluster.describe({&name, 1}, until).at(name).value(); }
  Config overrides() {
    Config found;
    for (const auto& [key, entry] : state().config)
      if (entry.origin == Origin::topic) found.emplace(key, entry.value.value());
    return found;
  }
  ~Fixture() {
    try {
      admin.remove(name, until);
    } catch (const Error&) {  // not every test makes it
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a created topic shows at once with its partitions and configs, and where each config comes from") {
  admin.create(spec(name, 3, {{"retention.ms", "604800000"}, {"cleanup.policy", "delete"}}), until);
  const auto seen = state();
  REQUIRE(seen.partitions.size() == 3);
  for (int id = 0; id < 3; ++id) {
    CHECK(seen.partitions[static_cast<std::size_t>(id)].id == id);
    CHECK(seen.partitions[static_cast<std::size_t>(id)].leader >= 0);
  }
  CHECK(seen.replication() == 1);
  CHECK_FALSE(seen.internal);
  CHECK(seen.config.at("retention.ms") == ConfigEntry{"604800000", Origin::topic});
  CHECK(seen.config.at("min.cleanable.dirty.ratio").origin == Origin::standard);
  CHECK(overrides() == Config{{"retention.ms", "604800000"}, {"cleanup.policy", "delete"}});
}

TEST_CASE_METHOD(Fixture, "creating a topic that exists is fine when it is as wanted, else refused with the broker's words") {
  admin.create(spec(name, 1, {{"retention.ms", "604800000"}}), until);
  CHECK_NOTHROW(admin.create(spec(name, 1, {{"retention.ms", "604800000"}}), until));
  CHECK(error_of([&] { admin.create(spec(name, 2, {{"retention.ms", "604800000"}}), until); }).code() == Code::refused);
  const auto error = error_of([&] { admin.create(spec(name, 1, {{"retention.ms", "1"}}), until); });
  CHECK(error.code() == Code::refused);
  CHECK(error.text().cause.find("already exists") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a config that the broker does not take makes no topic, and the broker's words say why") {
  const auto error = error_of([&] { admin.create(spec(name, 1, {{"retention.ms", "a week"}}), until); });
  CHECK(error.code() == Code::failed);
  CHECK(error.text().cause.find("retention.ms") != std::string::npos);
  CHECK(cluster.describe({&name, 1}, until).at(name).error().code() == Code::not_found);
}

TEST_CASE_METHOD(Fixture, "changing one config keeps every other override") {
  admin.create(spec(name, 1, {{"retention.ms", "604800000"}, {"max.message.bytes", "2000000"}, {"segment.ms", "3600000"}}), until);
  admin.alter(name, {{"retention.ms", "-1"}}, {}, until);
  CHECK(overrides() == Config{{"retention.ms", "-1"}, {"max.message.bytes", "2000000"}, {"segment.ms", "3600000"}});
  const std::string gone = "segment.ms";
  admin.alter(name, {}, {&gone, 1}, until);
  CHECK(overrides() == Config{{"retention.ms", "-1"}, {"max.message.bytes", "2000000"}});
}

TEST_CASE_METHOD(Fixture, "a config that the broker refuses changes nothing") {
  admin.create(spec(name, 1, {{"retention.ms", "604800000"}}), until);
  const auto error = error_of([&] { admin.alter(name, {{"cleanup.policy", "shred"}}, {}, until); });
  CHECK(error.code() == Code::failed);
  CHECK(error.text().cause.find("shred") != std::string::npos);
  CHECK(overrides() == Config{{"retention.ms", "604800000"}});
}

TEST_CASE_METHOD(Fixture, "partitions are added and never taken away") {
  admin.create(spec(name, 2, {}), until);
  admin.add_partitions(name, 5, until);
  CHECK(state().partitions.size() == 5);
  CHECK_NOTHROW(admin.add_partitions(name, 5, until));
  CHECK(error_of([&] { admin.add_partitions(name, 3, until); }).code() == Code::failed);
  CHECK(state().partitions.size() == 5);
}

TEST_CASE_METHOD(Fixture, "a deleted topic is gone when the call returns, and deleting it again is fine") {
  admin.create(spec(name, 1, {}), until);
  admin.remove(name, until);
  const auto topics = cluster.topics(until);
  CHECK(std::find(topics.begin(), topics.end(), name) == topics.end());
  CHECK_NOTHROW(admin.remove(name, until));
}

TEST_CASE_METHOD(Fixture, "describing many topics at once tells each one's own answer and creates none") {
  admin.create(spec(name, 1, {}), until);
  const std::vector<std::string> asked{name, name + "-missing", name, "not a name!"};
  const auto seen = cluster.describe(asked, until);
  CHECK(seen.size() == 3);
  CHECK(seen.at(name).has_value());
  CHECK(seen.at(name + "-missing").error().code() == Code::not_found);
  CHECK_FALSE(seen.at("not a name!").has_value());
  const auto topics = cluster.topics(until);
  CHECK(std::find(topics.begin(), topics.end(), name + "-missing") == topics.end());
}

TEST_CASE_METHOD(OnKafka, "the cluster tells its id and its brokers, each with its own configs") {
  CHECK(cluster.id(until).size() == 22);
  const auto brokers = cluster.brokers(until);
  REQUIRE(brokers.size() == 1);
  CHECK(brokers[0].controller);
  CHECK(brokers[0].config.value().contains("log.retention.hours"));
}

TEST_CASE_METHOD(Fixture, "a topic that was deleted and made anew has another id, and what cannot be asked is not known") {
  const auto id = [&] { return cluster.topic_ids({&name, 1}, until).at(name); };
  const auto before = id();
  REQUIRE_FALSE(before);
  CHECK(before.error().code() == Code::not_found);
  admin.create(spec(name, 2, {}), until);
  const auto first = id().value();
  CHECK(first.size() == 22);
  CHECK(id().value() == first);
  admin.remove(name, until);
  admin.create(spec(name, 2, {}), until);
  CHECK(id().value() != first);

  auto encrypted = settings;
  encrypted.properties["security.protocol"] = "ssl";
  kafka::Cluster other{encrypted, quiet};
  CHECK_FALSE(other.topic_ids({&name, 1}, until).at(name));
}
