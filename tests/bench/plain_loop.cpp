#include "plain_loop.hpp"

#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string_view>

namespace {

void on_delivery(rd_kafka_t*, const rd_kafka_message_t*, void*) {}

rd_kafka_t* producer(const std::string& brokers) {
  char text[512];
  auto* conf = rd_kafka_conf_new();
  const auto id = "plain-loop-" + std::to_string(::getpid());
  const std::array<std::array<const char*, 2>, 6> settings{{{"bootstrap.servers", brokers.c_str()},
                                                            {"transactional.id", id.c_str()},
                                                            {"partitioner", "murmur2_random"},
                                                            {"linger.ms", "5"},
                                                            {"queue.buffering.max.messages", "100000"},
                                                            {"compression.type", "lz4"}}};
  for (const auto& [key, value] : settings) rd_kafka_conf_set(conf, key, value, text, sizeof text);
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  auto* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  if (handle == nullptr || rd_kafka_init_transactions(handle, 30'000) != nullptr) throw std::runtime_error{"no producer"};
  return handle;
}

/// "2024-01-01 00:00:00.123" -> milliseconds, for this format alone.
std::int64_t milliseconds(std::string_view t) {
  const auto two = [&](std::size_t at) { return (t[at] - '0') * 10 + t[at + 1] - '0'; };
  std::tm tm{};
  tm.tm_year = two(0) * 100 + two(2) - 1900;
  tm.tm_mon = two(5) - 1;
  tm.tm_mday = two(8);
  static std::int64_t day = 0;
  static std::string_view::size_type known = 0;
  static char date[10];
  if (known == 0 || t.substr(0, 10) != std::string_view{date, 10}) {
    day = ::timegm(&tm) * 1000;
    t.copy(date, 10);
    known = 10;
  }
  return day + ((two(11) * 60 + two(14)) * 60 + two(17)) * 1000LL +
         (t.size() > 20 ? (t[20] - '0') * 100 + (t[21] - '0') * 10 + t[22] - '0' : 0);
}

}  // namespace

long plain_loop(const std::string& database_url, const std::string& brokers, const std::string& topic) {
  using clock = std::chrono::steady_clock;
  auto* session = PQconnectdb(database_url.c_str());
  PQclear(PQexec(
      session,
      "copy (select cart_event_id, product_id, quantity, event_type, event_timestamp from cart_events order by cart_event_id) to stdout"));
  auto* kafka = producer(brokers);
  auto* to = rd_kafka_topic_new(kafka, topic.c_str(), nullptr);
  std::array<rd_kafka_vu_t, 5> units{};
  units[0].vtype = RD_KAFKA_VTYPE_RKT;
  units[0].u.rkt = to;
  units[1].vtype = RD_KAFKA_VTYPE_KEY;
  units[2].vtype = RD_KAFKA_VTYPE_VALUE;
  units[3].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  units[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  units[4].u.i = RD_KAFKA_MSG_F_COPY;
  std::string key, value;
  long rows = 0;
  char* line = nullptr;
  rd_kafka_begin_transaction(kafka);
  auto commit_at = clock::now() + std::chrono::seconds{1};
  for (int size; (size = PQgetCopyData(session, &line, 0)) > 0; ++rows) {
    std::string_view rest{line, static_cast<std::size_t>(size) - 1};
    std::array<std::string_view, 5> field{};
    for (auto& f : field) {
      f = rest.substr(0, rest.find('\t'));
      rest.remove_prefix(std::min(rest.size(), f.size() + 1));
    }
    key.assign("product-").append(field[1]);
    value.assign("{\"product_id\":")
        .append(field[1])
        .append(",\"quantity\":")
        .append(field[2])
        .append(",\"event_type\":\"")
        .append(field[3])
        .append("\",\"event_timestamp\":\"");
    value.append(field[4].substr(0, 10))
        .append("T")
        .append(field[4].substr(11, 12))
        .append("Z\",\"user_agent\":null,\"ip\":null,\"event_id\":\"pg:cart_events:")
        .append(field[0])
        .append("\"}");
    units[1].u.mem = {key.data(), key.size()};
    units[2].u.mem = {value.data(), value.size()};
    units[3].u.i64 = milliseconds(field[4]);
    PQfreemem(line);
    while (auto* error = rd_kafka_produceva(kafka, units.data(), units.size())) {
      rd_kafka_error_destroy(error);
      rd_kafka_poll(kafka, 100);
    }
    if (rows % 512 == 0) rd_kafka_poll(kafka, 0);
    if (rows % 1024 == 0 && clock::now() > commit_at) {
      if (rd_kafka_commit_transaction(kafka, 30'000) != nullptr) throw std::runtime_error{"not committed"};
      rd_kafka_begin_transaction(kafka);
      commit_at = clock::now() + std::chrono::seconds{1};
    }
  }
  if (rd_kafka_commit_transaction(kafka, 30'000) != nullptr) throw std::runtime_error{"not committed"};
  rd_kafka_topic_destroy(to);
  rd_kafka_destroy(kafka);
  PQfinish(session);
  return rows;
}
