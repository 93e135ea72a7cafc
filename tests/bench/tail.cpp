// bench_tail TOPIC SECONDS: how long after its record's time a read_committed consumer, which stands at the end, has each event of the
// topic. It says "ready" on stderr when it stands there.
// One JSON line at the end. For tables whose time column is the time of the insert; producer and consumer have the same clock.
#include <fmt/core.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <set>
#include <vector>

#include "core/text.hpp"
#include "support/sandbox.hpp"

namespace {

using namespace std::chrono_literals;

struct Consumer {
  explicit Consumer(const std::string& topic) : partitions{sandbox::await_topic(topic)} {
    std::array<char, 512> text{};
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", sandbox::brokers().c_str(), text.data(), text.size());
    rd_kafka_conf_set(conf, "group.id", "bench_tail", text.data(), text.size());
    rd_kafka_conf_set(conf, "enable.partition.eof", "true", text.data(), text.size());
    handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text.data(), text.size());
    auto* list = rd_kafka_topic_partition_list_new(partitions);
    for (int p = 0; p < partitions; ++p) rd_kafka_topic_partition_list_add(list, topic.c_str(), p)->offset = RD_KAFKA_OFFSET_END;
    rd_kafka_assign(handle, list);
    rd_kafka_topic_partition_list_destroy(list);
  }
  ~Consumer() {
    rd_kafka_consumer_close(handle);
    rd_kafka_destroy(handle);
  }
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  int partitions;
  rd_kafka_t* handle{};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const Consumer consumer{argv[1]};
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{ctl::parse_integer(argv[2]).value_or(10)};
  std::vector<std::int64_t> late_ms;
  std::set<int> at_end;
  while (std::chrono::steady_clock::now() < end) {
    const std::unique_ptr<rd_kafka_message_t, void (*)(rd_kafka_message_t*)> message{rd_kafka_consumer_poll(consumer.handle, 100),
                                                                                     rd_kafka_message_destroy};
    if (message && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && at_end.insert(message->partition).second &&
        static_cast<int>(at_end.size()) == consumer.partitions)
      fmt::print(stderr, "ready\n");
    if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    late_ms.push_back(now - rd_kafka_message_timestamp(message.get(), nullptr));
  }
  std::sort(late_ms.begin(), late_ms.end());
  const auto at = [&](std::size_t percent) { return late_ms.empty() ? -1 : late_ms[(late_ms.size() - 1) * percent / 100]; };
  fmt::print("{{\"bench\":\"tail\",\"events\":{},\"p50_ms\":{},\"p99_ms\":{},\"most_ms\":{}}}\n", late_ms.size(), at(50), at(99), at(100));
  return late_ms.empty() ? 1 : 0;
}
