#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/deadline.hpp"

/// Kafka's protocol as far as librdkafka 2.0 cannot speak it: requests without compact encoding, plain TCP. For the .cpp files of this
/// room.
namespace ctl::kafka {

/// A request, or part of one: numbers in network order, strings and arrays with their length before them.
class WireWriter {
 public:
  WireWriter& int8(std::int8_t value) { return number(value, 1); }
  WireWriter& int16(std::int16_t value) { return number(value, 2); }
  WireWriter& int32(std::int32_t value) { return number(value, 4); }
  WireWriter& string(std::optional<std::string_view>);  ///< nullopt: null
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  WireWriter& number(std::int64_t, int size);
  std::string bytes_{};
};

/// An answer. Reading past its end throws Error{failed}.
class WireReader {
 public:
  explicit WireReader(std::string bytes) : bytes_{std::move(bytes)} {}
  std::int64_t integer(int size);
  std::optional<std::string> string();

 private:
  std::string_view take(std::size_t size);
  std::string bytes_;
  std::size_t at_{};
};

/// Sends one request on a connection of its own and returns the answer without its header. Throws Error{unreachable | timeout |
/// interrupted}.
[[nodiscard]] WireReader exchange(const std::string& host, int port, std::int16_t api, std::int16_t version, const WireWriter& body,
                                  const Deadline&);

}  // namespace ctl::kafka
