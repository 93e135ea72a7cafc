#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kafka/cluster.hpp"

/// Kafka's protocol as far as librdkafka 2.0 cannot speak it: requests in the compact encoding of KIP-482, over plain TCP. For the .cpp
/// files of this room.
namespace ctl::kafka {

/// A request, or part of one: numbers in network order, strings and arrays with their length before them, and tags() at the end of each
/// structure, the whole included.
class WireWriter {
 public:
  WireWriter& int8(std::int8_t value) { return number(value, 1); }
  WireWriter& int16(std::int16_t value) { return number(value, 2); }
  WireWriter& int32(std::int32_t value) { return number(value, 4); }
  WireWriter& int64(std::int64_t value) { return number(value, 8); }
  WireWriter& zeros(std::size_t size);                  ///< a UUID that is not given, say
  WireWriter& string(std::optional<std::string_view>);  ///< nullopt: null
  WireWriter& array(std::size_t length);                ///< its elements follow
  WireWriter& tags() { return number(0, 1); }           ///< none
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  WireWriter& number(std::int64_t, int size);
  WireWriter& varint(std::size_t);
  std::string bytes_{};
};

/// An answer. Reading past its end throws Error{failed}.
class WireReader {
 public:
  explicit WireReader(std::string bytes) : bytes_{std::move(bytes)} {}
  std::int64_t integer(int size);
  std::optional<std::string> string();
  std::size_t array();  ///< how many elements follow; 0 for null as well
  std::string bytes(std::size_t size) { return std::string{take(size)}; }
  void skip(std::size_t size) { static_cast<void>(take(size)); }
  void tags();  ///< passed over: those that are not known may be ignored

 private:
  std::string_view take(std::size_t size);
  std::size_t varint();
  std::string bytes_;
  std::size_t at_{};
};

/// Whether exchange() may speak to this cluster: it neither encrypts nor authenticates.
[[nodiscard]] bool is_plain(const Settings&);

/// Sends one request on a connection of its own and returns the answer without its header. Throws Error{unreachable | timeout |
/// interrupted}.
[[nodiscard]] WireReader exchange(const std::string& host, int port, std::int16_t api, std::int16_t version, const WireWriter& body,
                                  const Deadline&);

}  // namespace ctl::kafka
