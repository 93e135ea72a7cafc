#include <fmt/format.h>

#include <array>

#include "kafka/cluster_impl.hpp"
#include "kafka/wire.hpp"

namespace ctl::kafka {
namespace {

using namespace std::chrono_literals;

constexpr std::int16_t metadata_api = 3;
constexpr std::int16_t metadata_version = 12;  // with topic ids; Kafka 3.0 and later, 4.x included
constexpr std::size_t id_bytes = 16;
constexpr auto patience = 5s;  // long enough for a living broker

WireWriter request(std::span<const std::string> topics) {
  WireWriter body;
  body.array(topics.size());
  for (const auto& topic : topics) body.zeros(id_bytes).string(topic).tags();
  body.int8(0).int8(0).tags();  // nothing is made by asking; not what we may do with it
  return body;
}

/// As Kafka's own tools print it: base64url without padding.
std::string to_text(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr unsigned six_bits = 0x3f;
  std::string text;
  unsigned held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) text += digits[(held >> static_cast<unsigned>(bits - 6)) & six_bits];
  }
  if (bits > 0) text += digits[(held << static_cast<unsigned>(6 - bits)) & six_bits];
  return text;
}

void pass_over_brokers(WireReader& in) {
  for (auto brokers = in.array(); brokers > 0; --brokers) {
    in.skip(4);  // its id
    static_cast<void>(in.string());
    in.skip(4);  // its port
    static_cast<void>(in.string());
    in.tags();
  }
}

void pass_over_partitions(WireReader& in) {
  for (auto partitions = in.array(); partitions > 0; --partitions) {
    in.skip(2 + 4 + 4 + 4);  // error, id, leader and its epoch
    for (int lists = 0; lists < 3; ++lists)
      for (auto replicas = in.array(); replicas > 0; --replicas) in.skip(4);
    in.tags();
  }
}

std::map<std::string, Known<std::string>> ask(Client& client, const std::string& host, int port, std::span<const std::string> topics,
                                              const Deadline& until) {
  std::map<std::string, Known<std::string>> found;
  auto in = exchange(host, port, metadata_api, metadata_version, request(topics), until.within(patience));
  in.skip(4);  // how long it throttled us
  pass_over_brokers(in);
  static_cast<void>(in.string());  // the cluster's id
  in.skip(4);                      // the controller
  for (auto left = in.array(); left > 0; --left) {
    const auto error = static_cast<rd_kafka_resp_err_t>(in.integer(2));
    const auto name = in.string().value_or("");
    const auto id = in.bytes(id_bytes);
    in.skip(1);  // whether it is internal
    pass_over_partitions(in);
    in.skip(4);  // what we may do with it
    in.tags();
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
      found.emplace(name, tl::unexpected<Error>{client.failure(error, "asking for the id of topic " + name)});
    else if (id == std::string(id_bytes, '\0'))
      found.emplace(name, tl::unexpected<Error>{Error{
                              Code::failed, {.what = "topic " + name + " has no id", .cause = "its cluster was made before Kafka 2.8"}}});
    else
      found.emplace(name, to_text(id));
  }
  return found;
}

}  // namespace

std::map<std::string, Known<std::string>> Cluster::topic_ids(std::span<const std::string> topics, const Deadline& until) {
  auto& client = impl_->client;
  const auto all_unknown = [&](const Error& why) {
    std::map<std::string, Known<std::string>> unknown;
    for (const auto& topic : topics) unknown.emplace(topic, tl::unexpected<Error>{why});
    return unknown;
  };
  if (!is_plain(client.settings()))
    return all_unknown({Code::failed,
                        {.what = "topic ids are not known on a connection with TLS or SASL",
                         .cause = fmt::format("librdkafka {} does not ask for them", rd_kafka_version_str())}});
  const auto metadata = client.metadata(until, topics.size() == 1 ? &topics.front() : nullptr);
  std::optional<Error> last;
  for (const auto& broker : std::span{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)}) {
    auto found = attempt([&] { return ask(client, broker.host, broker.port, topics, until); });
    if (found) return std::move(*found);
    last = std::move(found.error());
    until.check("asking for the ids of topics");
  }
  return all_unknown(last.value_or(Error{Code::unreachable, {.what = "no broker tells the ids of topics"}}));
}

}  // namespace ctl::kafka
