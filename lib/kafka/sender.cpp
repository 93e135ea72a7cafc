#include "kafka/sender.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <deque>
#include <string>
#include <utility>

#include "kafka/producer_conf.hpp"

namespace ctl::kafka {
namespace {

rd_kafka_vu_t integer(rd_kafka_vtype_t type, std::int64_t value) {
  rd_kafka_vu_t field{.vtype = type, .u = {}};
  if (type == RD_KAFKA_VTYPE_MSGFLAGS)
    field.u.i = static_cast<int>(value);
  else
    field.u.i64 = value;
  return field;
}
rd_kafka_vu_t pointer(rd_kafka_vtype_t type, void* value) {
  rd_kafka_vu_t field{.vtype = type, .u = {}};
  field.u.ptr = value;
  return field;
}
rd_kafka_vu_t bytes(rd_kafka_vtype_t type, std::optional<std::string_view> value) {
  rd_kafka_vu_t field{};
  put_bytes(field, type, value);
  return field;
}

}  // namespace

struct Sender::Impl {
  struct Report {
    std::unique_ptr<OnDelivery> tell{};  ///< librdkafka's from produce to delivery report, as the opaque of the message
    std::string topic{};                 ///< of what failed
    rd_kafka_resp_err_t error{};
    Place place{};
    bool in_doubt{};
  };
  std::deque<Report> reports{};        ///< by the callback, not told yet
  std::atomic<std::size_t> waiting{};  ///< taken and not told yet; librdkafka's own count has its log lines in it
  Client client;

  Impl(const Settings& settings, Listener& listener)
      : client{RD_KAFKA_PRODUCER, settings, producer_conf(""), listener, {.report = on_delivery, .owner = this}} {}

  static void on_delivery(void* self, const rd_kafka_message_t& message) noexcept {
    static_cast<Impl*>(self)->reports.push_back({.tell = std::unique_ptr<OnDelivery>{static_cast<OnDelivery*>(message._private)},
                                                 .topic = message.err != 0 ? rd_kafka_topic_name(message.rkt) : "",
                                                 .error = message.err,
                                                 .place = {.partition = message.partition, .offset = message.offset},
                                                 .in_doubt = rd_kafka_message_status(&message) == RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED});
  }

  [[nodiscard]] rd_kafka_t* handle() const noexcept { return client.get(); }

  /// After an error that ends the producer librdkafka tells of every message that it was purged; what happened is said here.
  [[nodiscard]] std::string end_of_all() const {
    std::array<char, 512> words{};
    return rd_kafka_fatal_error(handle(), words.data(), words.size()) != RD_KAFKA_RESP_ERR_NO_ERROR ? words.data() : "";
  }
  [[nodiscard]] Error failure(const Report& report) {
    const bool purged = report.error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || report.error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
    return client.failure(report.error, "writing to topic " + report.topic, purged ? end_of_all() : "");
  }

  void tell() {
    while (!reports.empty()) {
      const auto report = std::move(reports.front());  // first, so that an exception of the listener's leaves the rest to the next call
      reports.pop_front();
      --waiting;
      if (report.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        client.answered();
        (*report.tell)({.place = report.place});
      } else {
        (*report.tell)({.place = tl::unexpected<Error>{failure(report)}, .in_doubt = report.in_doubt});
      }
    }
  }
};

Sender::Sender(const Settings& settings, Listener& listener) : impl_{std::make_unique<Impl>(settings, listener)} {}

Sender::~Sender() {
  give_up();
  for (const Deadline until{1s, {}}; waiting() > impl_->reports.size() && !until.over();) impl_->client.serve(until.left_ms());
}

void Sender::connect(const Deadline& until) { static_cast<void>(impl_->client.metadata(until)); }

bool Sender::try_send(const Outgoing& record, OnDelivery& on_delivery) {
  const std::string name{record.topic};
  auto tell = std::make_unique<OnDelivery>(std::move(on_delivery));
  auto headers = to_headers(record.headers);
  rd_kafka_vu_t to{.vtype = RD_KAFKA_VTYPE_TOPIC, .u = {}}, partition{.vtype = RD_KAFKA_VTYPE_PARTITION, .u = {}},
      with{.vtype = RD_KAFKA_VTYPE_HEADERS, .u = {}};
  to.u.cstr = name.c_str();
  partition.u.i32 = record.partition.value_or(RD_KAFKA_PARTITION_UA);
  with.u.headers = headers.get();
  const std::array fields{to,
                          partition,
                          bytes(RD_KAFKA_VTYPE_KEY, record.key),
                          bytes(RD_KAFKA_VTYPE_VALUE, record.value),
                          integer(RD_KAFKA_VTYPE_TIMESTAMP, record.time.time_since_epoch().count()),
                          integer(RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY),
                          pointer(RD_KAFKA_VTYPE_OPAQUE, tell.get()),
                          with};
  ++impl_->waiting;  // before another thread may tell of it
  const Failure failure{rd_kafka_produceva(impl_->handle(), fields.data(), fields.size() - (headers ? 0 : 1))};
  if (!failure) {
    static_cast<void>(headers.release());
    static_cast<void>(tell.release());
    return true;
  }
  --impl_->waiting;
  on_delivery = std::move(*tell);
  const auto error = rd_kafka_error_code(failure.get());
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
  throw Error{code_of(error),
              {.what = fmt::format("cannot write to topic {}", record.topic),
               .cause = rd_kafka_error_string(failure.get()),
               .where = address(impl_->client.settings())}};
}

bool Sender::try_send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time,
                      OnDelivery& on_delivery) {
  return try_send({.topic = topic, .key = key, .value = value, .time = time}, on_delivery);
}

void Sender::send(const Outgoing& record, OnDelivery on_delivery, const Deadline& until) {
  while (!try_send(record, on_delivery)) {
    serve(until);
    impl_->client.keep_waiting(fmt::format("waiting for room to write to topic {}", record.topic), Client::Patience::full, until);
  }
}

void Sender::send(std::string_view topic, std::optional<std::string_view> key, std::string_view value, Millis time, OnDelivery on_delivery,
                  const Deadline& until) {
  send({.topic = topic, .key = key, .value = value, .time = time}, std::move(on_delivery), until);
}

void Sender::serve(const Deadline& until) {
  impl_->client.serve(impl_->reports.empty() ? until.left_ms() : 0);
  impl_->tell();
}

void Sender::flush(const Deadline& until) {
  for (;;) {
    rd_kafka_flush(impl_->handle(), until.left_ms());  // sends without lingering, and serves
    impl_->tell();
    if (waiting() == 0) return;
    impl_->client.keep_waiting(fmt::format("waiting for Kafka to take {} events", waiting()), Client::Patience::full, until);
  }
}

void Sender::recall() { rd_kafka_purge(impl_->handle(), RD_KAFKA_PURGE_F_QUEUE); }

void Sender::give_up() { rd_kafka_purge(impl_->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT); }

std::size_t Sender::waiting() const noexcept { return impl_->waiting; }

}  // namespace ctl::kafka
