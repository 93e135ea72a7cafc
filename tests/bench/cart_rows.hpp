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

/// Writes rows from `id` on, for a second or up to `end`, and commits them; returns the id of the next row. Their times are a millisecond
/// apart.
inline std::int64_t write_rows(ctl::kafka::Transactional& out, const std::string& topic, CartRows& rows, std::int64_t id, std::int64_t end,
                               const ctl::Deadline& until) {
  using namespace std::chrono_literals;
  const auto yesterday = ctl::now() - 24h;
  out.begin();
  for (const auto second = until.within(1s); id < end && !second.over();)
    for (int n = 0; n < 1024 && id < end; ++n, ++id) {
      rows.make(id);
      out.send(topic, rows.key(), rows.value(), yesterday + std::chrono::milliseconds{id}, until);
    }
  if (out.commit(until) != ctl::kafka::Transactional::Commit::done)
    throw ctl::Error{ctl::Code::failed, {.what = "a transaction was not committed"}};
  return id;
}
