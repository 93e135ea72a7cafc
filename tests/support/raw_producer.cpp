#include "support/raw_producer.hpp"

#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include "support/sandbox.hpp"

namespace {

using namespace std::chrono_literals;

enum Api : int { produce_api = 0, find_coordinator = 10, init_producer_id = 22, add_partitions = 24, end_txn = 26 };

std::string big(std::int64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}
std::string unsigned_varint(std::uint64_t value) {
  std::string bytes;
  for (; value > 0x7f; value >>= 7U) bytes += static_cast<char>((value & 0x7fU) | 0x80U);
  return bytes + static_cast<char>(value);
}
std::string varint(std::int64_t value) {
  return unsigned_varint((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
}
std::string compact(const std::string& text) { return unsigned_varint(text.size() + 1) + text; }
const std::string no_tags(1, '\0');

std::int64_t number(const std::string& bytes, std::size_t at, int size) {
  std::int64_t value = static_cast<signed char>(bytes.at(at));
  for (int i = 1; i < size; ++i) value = value * 256 + static_cast<unsigned char>(bytes.at(at + static_cast<std::size_t>(i)));
  return value;
}

std::uint32_t crc32c(const std::string& bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
  }
  return ~crc;
}

std::string batch(const RawProducer::Records& records, std::int64_t producer, std::int16_t epoch, std::int32_t sequence) {
  const auto first = records.front().time_ms;
  auto last = first;
  std::string body;
  std::int64_t delta = 0;
  for (const auto& [key, value, time] : records) {
    last = std::max(last, time);
    const auto record = big(0, 1) + varint(time - first) + varint(delta++) + varint(static_cast<std::int64_t>(key.size())) + key +
                        varint(static_cast<std::int64_t>(value.size())) + value + varint(0);
    body += varint(static_cast<std::int64_t>(record.size())) + record;
  }
  constexpr std::int64_t transactional = 0x10;
  const auto summed = big(transactional, 2) + big(delta - 1, 4) + big(first, 8) + big(last, 8) + big(producer, 8) + big(epoch, 2) +
                      big(sequence, 4) + big(delta, 4) + body;
  const auto rest = big(-1, 4) + big(2, 1) + big(crc32c(summed), 4) + summed;
  return big(0, 8) + big(static_cast<std::int64_t>(rest.size()), 4) + rest;
}

int connect_to_broker() {
  const auto brokers = sandbox::brokers();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(brokers.substr(brokers.rfind(':') + 1))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error{"no broker"};
  return socket;
}

std::string read_exactly(int socket, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const auto got = ::recv(socket, bytes.data() + at, size - at, 0);
    if (got <= 0) throw std::runtime_error{"the broker closed the connection"};
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

/// "Concurrent transactions" (the coordinator still ends the one before), and a coordinator that is only starting.
bool passing(std::int64_t error) { return error == 51 || error == 14 || error == 15 || error == 16; }

void need(std::int64_t error, const std::string& doing) {
  if (error != 0) throw std::runtime_error{doing + ": error " + std::to_string(error)};
}

}  // namespace

RawProducer::RawProducer(std::string transactional_id) : name_{std::move(transactional_id)}, socket_{connect_to_broker()} {
  for (;;) {
    static_cast<void>(
        ask(find_coordinator, 3, compact(name_) + big(1, 1) + no_tags));  // a new broker has no coordinators before it is asked
    const auto answer = ask(init_producer_id, 3, compact(name_) + big(60'000, 4) + big(-1, 8) + big(-1, 2) + no_tags);
    const auto error = number(answer, 4, 2);
    if (passing(error)) {
      std::this_thread::sleep_for(20ms);
      continue;
    }
    need(error, "InitProducerId");
    id_ = number(answer, 6, 8);
    epoch_ = static_cast<std::int16_t>(number(answer, 14, 2));
    return;
  }
}

RawProducer::~RawProducer() { ::close(socket_); }

std::string RawProducer::ask(int api, int version, const std::string& body) {
  const std::string client = "raw";
  const auto request =
      big(api, 2) + big(version, 2) + big(7, 4) + big(static_cast<std::int64_t>(client.size()), 2) + client + no_tags + body;
  const auto frame = big(static_cast<std::int64_t>(request.size()), 4) + request;
  if (::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size()))
    throw std::runtime_error{"the broker closed the connection"};
  const auto size = number(read_exactly(socket_, 4), 0, 4);
  return read_exactly(socket_, static_cast<std::size_t>(size)).substr(5);  // behind its number and no tags
}

void RawProducer::add(const std::vector<Partition>& partitions) {
  for (const auto& [topic, partition] : partitions)
    for (;;) {
      const auto answer = ask(add_partitions, 3,
                              compact(name_) + big(id_, 8) + big(epoch_, 2) + unsigned_varint(2) + compact(topic) + unsigned_varint(2) +
                                  big(partition, 4) + no_tags + no_tags);
      const auto error = number(answer, answer.size() - 5, 2);  // before the tags of partition, topic and answer
      if (!passing(error)) {
        need(error, "AddPartitionsToTxn");
        break;
      }
      std::this_thread::sleep_for(20ms);
    }
}

void RawProducer::produce(const Partition& to, const Records& records) {
  auto known = std::find_if(sequences_.begin(), sequences_.end(), [&](const auto& one) { return one.first == to; });
  if (known == sequences_.end()) known = sequences_.insert(sequences_.end(), {to, 0});
  const auto bytes = batch(records, id_, epoch_, known->second);
  constexpr std::int64_t not_leader = 6;  // of a topic that was made just now
  for (std::int64_t error = not_leader; error == not_leader;) {
    const auto answer = ask(produce_api, 9,
                            compact(name_) + big(-1, 2) + big(10'000, 4) + unsigned_varint(2) + compact(to.first) + unsigned_varint(2) +
                                big(to.second, 4) + compact(bytes) + no_tags + no_tags + no_tags);
    error = number(answer, 1 + 1 + to.first.size() + 1 + 4, 2);  // behind a topic, its name, a partition, its number
    if (error != not_leader) need(error, "Produce");
  }
  known->second += static_cast<std::int32_t>(records.size());
}

void RawProducer::end(bool commit) {
  const auto answer = ask(end_txn, 3, compact(name_) + big(id_, 8) + big(epoch_, 2) + big(commit ? 1 : 0, 1) + no_tags);
  need(number(answer, 4, 2), "EndTxn");
}

namespace {

void verify_partitions(bool wanted) {
  char why[512];
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", sandbox::brokers().c_str(), why, sizeof why);
  const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client{rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why), rd_kafka_destroy};
  const std::unique_ptr<rd_kafka_queue_t, void (*)(rd_kafka_queue_t*)> queue{rd_kafka_queue_new(client.get()), rd_kafka_queue_destroy};
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client.get(), 0, nullptr, &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error{"no broker"};
  auto* resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_BROKER, std::to_string(metadata->brokers[0].id).c_str());
  rd_kafka_metadata_destroy(metadata);
  if (!wanted) rd_kafka_ConfigResource_set_config(resource, "transaction.partition.verification.enable", "false");
  rd_kafka_AlterConfigs(client.get(), &resource, 1, nullptr, queue.get());
  rd_kafka_ConfigResource_destroy(resource);
  std::unique_ptr<rd_kafka_event_t, void (*)(rd_kafka_event_t*)>{rd_kafka_queue_poll(queue.get(), 20'000), rd_kafka_event_destroy};
}

}  // namespace

Unverified::Unverified() { verify_partitions(false); }
Unverified::~Unverified() { verify_partitions(true); }
