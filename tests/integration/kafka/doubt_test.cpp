#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <catch2/catch.hpp>
#include <memory>

#include "kafka/admin.hpp"
#include "kafka/producer.hpp"
#include "kafka_test.hpp"
#include "support/proxy.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using Commit = kafka::Transactional::Commit;

namespace {

struct ByProxy : OnTopic {
  kafka::Settings by(const Proxy& proxy) const {
    return {.brokers = proxy.address(), .properties = {}, .secrets = {}, .origin = "default"};
  }
};

/// As a tool does that knows only the old call: what it does not name is gone.
void replace_configs(const std::string& topic, const std::map<std::string, std::string>& all) {
  char why[512];
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", sandbox::brokers().c_str(), why, sizeof why);
  std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client{rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why), rd_kafka_destroy};
  std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)> queue{rd_kafka_queue_new(client.get()), rd_kafka_queue_destroy};
  auto* resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  for (const auto& [key, value] : all) rd_kafka_ConfigResource_set_config(resource, key.c_str(), value.c_str());
  rd_kafka_AlterConfigs(client.get(), &resource, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(resource);
  std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)>{rd_kafka_queue_poll(queue.get(), 20'000), rd_kafka_event_destroy};
}

}  // namespace

TEST_CASE_METHOD(ByProxy, "a commit whose answer is lost is in doubt, and a new instance finds that it was done") {
  Proxy proxy;
  {
    kafka::Transactional out{by(proxy), name, quiet, until};
    out.begin(until);
    out.send(name, "k", "v", event_time(), until);
    proxy.lose_answers(Proxy::end_txn);
    CHECK(out.commit(until.within(1s)) == Commit::in_doubt);
  }
  const kafka::Transactional next{settings, name, quiet, until};
  CHECK(oracle::read(name).size() == 1);
}

TEST_CASE_METHOD(ByProxy, "a commit whose request is lost is in doubt, and a new instance finds that it was not done") {
  Proxy proxy;
  {
    kafka::Transactional out{by(proxy), name, quiet, until};
    out.begin(until);
    out.send(name, "k", "v", event_time(), until);
    proxy.lose_requests(Proxy::end_txn);
    CHECK(out.commit(until.within(1s)) == Commit::in_doubt);
  }
  const kafka::Transactional next{settings, name, quiet, until};
  CHECK(oracle::read(name).empty());
}

TEST_CASE_METHOD(ByProxy, "a bootstrap whose broker advertises a name that does not resolve is told apart from one that does not answer") {
  const Proxy proxy{"kafka.bad"};
  kafka::Cluster cluster_by_proxy{by(proxy), quiet};
  const auto sentence = [&](const std::string& who) {
    return "bootstrap " + proxy.address() + " answers, but " + who + " advertises kafka.bad" +
           proxy.address().substr(proxy.address().find(':')) + ", which does not resolve";
  };
  const auto brokers = cluster_by_proxy.brokers(until);
  REQUIRE(brokers.size() == 1);
  CHECK(brokers[0].config.error().what() == sentence("broker 1"));
  const kafka::Partition partition{name, 0};
  CHECK(cluster_by_proxy.offsets({&partition, 1}, kafka::Cluster::At::latest, until).at(partition).error().what() == sentence("broker 1"));
  CHECK(error_of([&] { (void)cluster_by_proxy.describe({&name, 1}, until); }).what() == sentence("broker 1"));
  CHECK(error_of([&] { kafka::Transactional(by(proxy), name, quiet, until.within(4s)); }).what() == sentence("a broker"));
}

TEST_CASE_METHOD(ByProxy, "an override that somebody sets between the tool's read and its write is not lost") {
  kafka::Admin{cluster}.alter(name, {{"segment.ms", "3600000"}}, {}, until);
  Proxy proxy;
  proxy.before({Proxy::alter_configs, Proxy::incremental_alter_configs}, [&] {
    kafka::Admin{cluster}.alter(name, {{"max.message.bytes", "2000000"}}, {}, Deadline{20s, {}});
  });
  kafka::Cluster cluster_by_proxy{by(proxy), quiet};
  kafka::Admin{cluster_by_proxy}.alter(name, {{"segment.bytes", "20000000"}}, {}, until);
  const auto config = cluster_by_proxy.describe({&name, 1}, until).at(name).value().config;
  CHECK(config.at("segment.bytes").value == "20000000");
  CHECK(config.at("segment.ms").value == "3600000");
  CHECK(config.at("max.message.bytes").value == "2000000");
}

TEST_CASE_METHOD(ByProxy, "an override that somebody wipes meanwhile is told with the value it had") {
  kafka::Admin{cluster}.alter(name, {{"segment.ms", "3600000"}}, {}, until);
  Proxy proxy;
  proxy.before({Proxy::alter_configs, Proxy::incremental_alter_configs}, [&] { replace_configs(name, {{"flush.ms", "5000"}}); });
  kafka::Cluster cluster_by_proxy{by(proxy), quiet};
  const auto error = error_of([&] { kafka::Admin{cluster_by_proxy}.alter(name, {{"segment.bytes", "20000000"}}, {}, until); });
  CHECK(error.code() == Code::drift);
  CHECK(error.what() == "override retention.ms of topic " + name + " vanished while its configs were changed");
  CHECK(error.text().cause.find("the value was -1") != std::string::npos);
}

TEST_CASE("a leader that is down costs only its own partitions, and those the deadline") {
  char why[512];
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "0", why, sizeof why);
  std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> host{rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why), rd_kafka_destroy};
  std::unique_ptr<rd_kafka_mock_cluster_t, void (*)(rd_kafka_mock_cluster_t*)> mock{rd_kafka_mock_cluster_new(host.get(), 3),
                                                                                    rd_kafka_mock_cluster_destroy};
  rd_kafka_mock_topic_create(mock.get(), "t", 3, 1);
  std::vector<kafka::Partition> all;
  for (int id = 0; id < 3; ++id) {
    rd_kafka_mock_partition_set_leader(mock.get(), "t", id, id + 1);
    all.push_back({"t", id});
  }
  Quiet quiet;
  kafka::Cluster cluster{{.brokers = rd_kafka_mock_cluster_bootstraps(mock.get()), .properties = {}, .secrets = {}, .origin = "mock"},
                         quiet};
  for (const auto& [partition, end] : cluster.offsets(all, kafka::Cluster::At::latest, Deadline{20s, {}})) CHECK(end.value() == 0);

  rd_kafka_mock_broker_set_down(mock.get(), 2);
  const auto start = Deadline::clock::now();
  const auto found = cluster.offsets(all, kafka::Cluster::At::latest, Deadline{2s, {}});
  const auto took = Deadline::clock::now() - start;
  CHECK(found.at({"t", 0}).value() == 0);
  CHECK(found.at({"t", 2}).value() == 0);
  CHECK_FALSE(found.at({"t", 1}).has_value());
  CHECK(took < 2500ms);
}
