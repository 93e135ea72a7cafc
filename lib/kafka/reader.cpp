#include "kafka/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kafka/client.hpp"

namespace ctl::kafka {
namespace {

constexpr std::size_t batch_size = 1000;
constexpr int shortest_patience = 5, longest_patience = 1000;

std::vector<Property> reader_conf(Reader::Isolation isolation) {
  using enum Property::Kind;
  return {
      {"isolation.level", isolation == Reader::Isolation::committed ? "read_committed" : "read_uncommitted", fixed},
      {"enable.partition.eof", "true", fixed},       // the only true end: the last offset may be a marker that is never delivered
      {"auto.offset.reset", "error", fixed},         // an offset the log does not hold is an answer, not a reason to jump
      {"allow.auto.create.topics", "false", fixed},  // reading must not make a topic
      // What waits for us, of all partitions: a small record costs 450 bytes beside its own, so their number is what bounds memory.
      {"queued.min.messages", "100000", tunable},
      {"queued.max.messages.kbytes", "32768", tunable},
      {"fetch.message.max.bytes", "262144", tunable},  // of a partition in an answer, compressed: a megabyte of it may be 50,000 records
      {"fetch.max.bytes", "16777216", tunable},        // of one answer; not below message.max.bytes
      {"fetch.wait.max.ms", "20", tunable},            // what an empty fetch waits for, and with it the end of a partition
      {"fetch.error.backoff.ms", "100", tunable},      // likewise after a leader has moved
      {"topic.metadata.propagation.max.ms", "3000", tunable},  // a topic that does not exist is an error after 3 s, not after 30
  };
}

std::optional<std::string_view> view(const void* data, std::size_t size) {
  return data == nullptr ? std::nullopt : std::optional{std::string_view{static_cast<const char*>(data), size}};
}

std::vector<Header> headers_of(const rd_kafka_message_t& message) {
  std::vector<Header> out;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return out;
  const char* name = nullptr;
  const void* value = nullptr;
  for (std::size_t i = 0, size = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    out.push_back({name, view(value, size)});
  return out;
}

Message shown(const rd_kafka_message_t& message, const Partition& partition) {
  return {.partition = partition,
          .offset = message.offset,
          .time = Millis{std::chrono::milliseconds{rd_kafka_message_timestamp(&message, nullptr)}},
          .key = view(message.key, message.key_len),
          .value = view(message.payload, message.len),
          .headers = headers_of(message)};
}

}  // namespace

struct Reader::Impl {
  Impl(const Settings& settings, const std::map<Partition, std::int64_t>& from, Isolation isolation, Listener& listener)
      : client{RD_KAFKA_CONSUMER, settings, reader_conf(isolation), listener}, queue{rd_kafka_queue_new(client.get())} {
    for (auto& [partition, offset] : from) places[partition] = {.next = offset};
    unended = static_cast<int>(places.size());
  }
  ~Impl() {
    drop();
    for (const auto& [partition, place] : places)
      if (const auto topic = topics.find(partition.topic); topic != topics.end() && topic->second)
        rd_kafka_consume_stop(topic->second.get(), partition.id);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start();
  void drop() noexcept;
  void refill(int ms);
  [[nodiscard]] Error failed(const rd_kafka_message_t&);
  void nudge();
  struct Place {
    std::int64_t next{};  ///< the lowest offset that was not seen yet, or a logical one
    bool ended{};         ///< everything visible was delivered
  };
  using At = std::pair<const Partition, Place>;
  [[nodiscard]] At& at_of(const rd_kafka_message_t&);
  void ended(Place& place, bool now) {
    unended += (place.ended ? 1 : 0) - (now ? 1 : 0);
    place.ended = now;
  }

  Client client;
  Queue queue;
  std::map<Partition, Place> places{};
  int unended{};
  int patience{shortest_patience};  ///< ms to wait for records that must be there
  At* last{};                       ///< records come in runs of one partition
  const rd_kafka_topic_t* last_topic{};
  std::map<std::string, TopicHandle> topics{};
  std::array<rd_kafka_message_t*, batch_size> batch{};  ///< owned from `at` - 1, the one shown last, up to `count`
  std::size_t at{}, count{};
};

void Reader::Impl::start() {
  for (const auto& [partition, place] : places) {
    auto& topic = topics[partition.topic];
    if (!topic) topic.reset(rd_kafka_topic_new(client.get(), partition.topic.c_str(), nullptr));
    if (!topic || rd_kafka_consume_start_queue(topic.get(), partition.id, place.next, queue.get()) != 0)
      throw client.failure(rd_kafka_last_error(), "reading " + to_string(partition));
  }
}

void Reader::Impl::drop() noexcept {
  for (auto i = at > 0 ? at - 1 : at; i < count; ++i) rd_kafka_message_destroy(batch[i]);
  at = count = 0;
}

/// A fetcher that has found the queue full looks again after up to a second, or when it has anything else to do. (librdkafka 2.2 made the
/// second a setting, fetch.queue.backoff.ms.) By then we have long been waiting, so we give it something to do: any request wakes it.
void Reader::Impl::nudge() {
  const rd_kafka_metadata_t* found = nullptr;
  if (rd_kafka_metadata(client.get(), 0, topics.begin()->second.get(), &found, 1) == RD_KAFKA_RESP_ERR_NO_ERROR)
    rd_kafka_metadata_destroy(found);
  patience = std::min(2 * patience, longest_patience);
}

/// Waits for one record and takes what else is there. rd_kafka_consume_batch_queue alone would wait for a full batch.
void Reader::Impl::refill(int ms) {
  drop();
  batch[0] = rd_kafka_consume_queue(queue.get(), unended > 0 ? std::min(ms, patience) : ms);
  if (batch[0] != nullptr) {
    const auto more = rd_kafka_consume_batch_queue(queue.get(), 0, batch.data() + 1, batch_size - 1);
    count = 1 + static_cast<std::size_t>(std::max<ssize_t>(0, more));
    patience = shortest_patience;
  } else if (unended > 0) {
    nudge();
  }
  client.serve();
  if (const auto complaint = client.complaint())  // "shop.clicks [0]: topic does not exist (Broker: Unknown topic or partition)"
    throw Error{code_of(complaint->error),
                {.what = complaint->text.substr(0, complaint->text.find(": ")) + " cannot be read",
                 .cause = complaint->text,
                 .where = address(client.settings())}};
  if (count > 0) client.answered();
}

Reader::Impl::At& Reader::Impl::at_of(const rd_kafka_message_t& message) {
  if (last == nullptr || message.rkt != last_topic || message.partition != last->first.id) {
    last = &*places.find({rd_kafka_topic_name(message.rkt), message.partition});
    last_topic = message.rkt;
  }
  return *last;
}

Error Reader::Impl::failed(const rd_kafka_message_t& message) {
  const auto name = to_string(Partition{rd_kafka_topic_name(message.rkt), message.partition});
  if (message.err != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    return client.failure(message.err, "reading " + name, rd_kafka_message_errstr(&message));
  return {Code::mismatch,
          {.what = fmt::format("{} does not hold offset {}", name, message.offset),
           .cause = rd_kafka_message_errstr(&message),
           .where = address(client.settings()),
           .hint = "retention has removed it, or the topic was created anew"}};
}

Reader::Reader(const Settings& settings, const std::map<Partition, std::int64_t>& from, Isolation isolation, Listener& listener)
    : impl_{std::make_unique<Impl>(settings, from, isolation, listener)} {
  impl_->start();
}
Reader::~Reader() = default;

void Reader::skip_to(const Partition& partition, std::int64_t offset) {
  const auto error = rd_kafka_seek(impl_->topics.at(partition.topic).get(), partition.id, offset, 0);  // 0: without waiting
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw impl_->client.failure(error, fmt::format("reading {} from offset {}", to_string(partition), offset));
}

bool Reader::drained() const noexcept { return impl_->at == impl_->count; }

std::optional<Error> Reader::lost() {
  if (!impl_->client.hopeless()) return std::nullopt;
  return silence("reading");
}

Error Reader::silence(std::string_view doing) { return impl_->client.failure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing); }

std::variant<std::monostate, Message, End> Reader::next(const Deadline& until) {
  auto& me = *impl_;
  for (;;) {
    if (me.at > 0) rd_kafka_message_destroy(me.batch[me.at - 1]);
    if (me.at == me.count) {
      me.at = me.count = 0;
      if (until.over()) return {};
      me.refill(until.left_ms());
      if (me.count == 0) continue;
    }
    const auto& message = *me.batch[me.at++];
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      auto& [partition, place] = me.at_of(message);
      if (message.offset < place.next) continue;  // again, after the partition has moved to another broker
      place.next = message.offset + 1;
      me.ended(place, false);
      return shown(message, partition);
    }
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      auto& [partition, place] = me.at_of(message);
      me.ended(place, true);
      return End{partition, message.offset};
    }
    if (const auto code = code_of(message.err); code != Code::unreachable && code != Code::timeout) throw me.failed(message);
  }
}

}  // namespace ctl::kafka
