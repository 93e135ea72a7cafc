#include "support/consumer.hpp"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <stdexcept>
#include <utility>

#include "support/sandbox.hpp"

namespace {

void check(rd_kafka_resp_err_t error, const char* doing) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error{std::string{doing} + ": " + rd_kafka_err2str(error)};
}

using List = std::unique_ptr<rd_kafka_topic_partition_list_t, void (*)(rd_kafka_topic_partition_list_t*)>;
List one(const std::string& topic, int partition) {
  List list{rd_kafka_topic_partition_list_new(1), rd_kafka_topic_partition_list_destroy};
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  return list;
}

}  // namespace

struct Consumer::Impl {
  std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> handle{nullptr, rd_kafka_destroy};
};

Consumer::Consumer(const std::string& group, const std::string& topic) : impl_{std::make_unique<Impl>()} {
  char why[512];
  auto* conf = rd_kafka_conf_new();
  for (const auto& [key, value] :
       {std::pair{"bootstrap.servers", sandbox::brokers()}, std::pair{"group.id", group}, std::pair{"client.id", std::string{"shop"}},
        std::pair{"enable.auto.commit", std::string{"false"}}, std::pair{"auto.offset.reset", std::string{"earliest"}},
        std::pair{"isolation.level", std::string{"read_committed"}}})
    rd_kafka_conf_set(conf, key, value.c_str(), why, sizeof why);
  impl_->handle.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why));
  rd_kafka_poll_set_consumer(impl_->handle.get());
  check(rd_kafka_subscribe(impl_->handle.get(), one(topic, RD_KAFKA_PARTITION_UA).get()), "subscribing");
}

Consumer::~Consumer() { rd_kafka_consumer_close(impl_->handle.get()); }

bool Consumer::poll() {
  const std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> message{rd_kafka_consumer_poll(impl_->handle.get(), 50),
                                                                                   rd_kafka_message_destroy};
  return message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
}

void Consumer::read(int records) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (records > 0) {
    if (poll()) --records;
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error{"the consumer did not get its records"};
  }
}

void Consumer::commit() { check(rd_kafka_commit(impl_->handle.get(), nullptr, 0), "committing"); }

void Consumer::commit(const std::string& topic, int partition, std::int64_t offset) {
  const auto list = one(topic, partition);
  list->elems[0].offset = offset;
  check(rd_kafka_commit(impl_->handle.get(), list.get(), 0), "committing");
}
