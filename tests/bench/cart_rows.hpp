#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "kafka/producer.hpp"

/// Cart events of 135 bytes with the keys of 1,000 products, made without an allocation a row.
class CartRows {
 public:
  void make(std::int64_t id) {
    key_.clear();
    value_.clear();
    fmt::format_to(std::back_inserter(key_), "product-{}", id % 1000);
    fmt::format_to(
        std::back_inserter(value_),
        R"({{"event_id":"pg:cart_events:{:014}","product_id":{:04},"quantity":{},"event_type":"added","timestamp":"2024-03-01T12:00:00.123Z"}})",
        id, id % 1000, id % 7 + 1);
  }
  [[nodiscard]] std::string_view key() const { return {key_.data(), key_.size()}; }
  [[nodiscard]] std::string_view value() const { return {value_.data(), value_.size()}; }

 private:
  fmt::memory_buffer key_{}, value_{};
};

/// Writes so many rows, a millisecond apart, in transactions of a second.
inline void write_rows(const ctl::kafka::Settings& settings, const std::string& topic, std::int64_t count, ctl::Listener& listener,
                       const ctl::Deadline& until) {
  using namespace std::chrono_literals;
  ctl::kafka::Transactional out{settings, topic, listener, until};
  CartRows rows;
  for (std::int64_t id = 0; id < count;) {
    const auto yesterday = ctl::now() - 24h;
    out.begin(until);
    for (const auto second = until.within(1s); id < count && !second.over();)
      for (int n = 0; n < 1024 && id < count; ++n, ++id) {
        rows.make(id);
        out.send(topic, rows.key(), rows.value(), yesterday + std::chrono::milliseconds{id}, until);
      }
    if (out.commit(until) != ctl::kafka::Transactional::Commit::done)
      throw ctl::Error{ctl::Code::failed, {.what = "a transaction was not committed"}};
  }
}
