#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kafka/cluster_impl.hpp"

namespace ctl::kafka {
namespace {

std::array<Property, 2> conf(const char* isolation) {
  using enum Property::Kind;
  return {{
      {"isolation.level", isolation, fixed},         // what ListOffsets calls the end
      {"allow.auto.create.topics", "false", fixed},  // asking about a topic must not make it
  }};
}

}  // namespace

std::string to_string(const Partition& partition) { return fmt::format("{} [{}]", partition.topic, partition.id); }

Cluster::Impl::Impl(Settings settings, Listener& to) : listener{to}, client{RD_KAFKA_CONSUMER, settings, conf("read_uncommitted"), to} {}

Client& Cluster::Impl::committed_reader() {
  if (!stable_) stable_ = std::make_unique<Client>(RD_KAFKA_CONSUMER, client.settings(), conf("read_committed"), listener);
  return *stable_;
}

Client& Cluster::Impl::commits_reader(const std::string& group) {
  const std::array<Property, 2> conf{
      {{"group.id", group, Property::Kind::tunable}, {"enable.auto.commit", "false", Property::Kind::fixed}}};
  if (!commits_) commits_ = std::make_unique<Client>(RD_KAFKA_CONSUMER, client.settings(), conf, listener);
  return *commits_;
}

Cluster::Cluster(Settings settings, Listener& listener) : impl_{std::make_unique<Impl>(std::move(settings), listener)} {}
Cluster::~Cluster() = default;

std::string Cluster::id(const Deadline& until) {
  auto& client = impl_->client;
  static_cast<void>(client.metadata(until));  // brings the id along
  const Text id{rd_kafka_clusterid(client.get(), until.left_ms())};
  if (!id) throw Error{Code::failed, {.what = "the Kafka cluster at " + address(client.settings()) + " does not tell its id"}};
  return id.get();
}

std::vector<std::string> Cluster::topics(const Deadline& until) {
  const auto metadata = impl_->client.metadata(until);
  std::vector<std::string> names;
  for (const auto& topic : std::span{metadata->topics, static_cast<std::size_t>(metadata->topic_cnt)}) names.emplace_back(topic.topic);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ctl::kafka
