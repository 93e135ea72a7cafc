#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kafka/reader.hpp"
#include "record_time.hpp"
#include "value/value.hpp"

namespace ctl::cli {

/// Says of a text that it must not be printed as it is (it holds a secret, which would be masked): it is written as base64.
using Hidden = std::function<bool(std::string_view)>;

/// A record as one line of JSON: what `topics monitor -o json` prints and `topics produce` reads. No byte is lost: what is no UTF-8 is
/// under key_base64, value_base64, name_base64, with null under the plain name; null alone is null, and "" is empty.
///
///   {"topic":"shop.clicks","partition":0,"offset":12,"time":"2026-11-22T10:00:00.123Z","key":"product-1","value":"{…}",
///    "headers":[{"name":"trace","value":"1"}]}
class JsonRecords {
 public:
  explicit JsonRecords(Hidden hidden = {}) : hidden_{std::move(hidden)} {}
  void append(std::string& to, const kafka::Message&);  ///< with the end of the line

 private:
  void append_headers(std::string& to, const std::vector<kafka::Header>&) const;

  Hidden hidden_;
  RecordTime time_{};
};

/// A record to be written. What JsonRecords has written reads back as the same bytes.
struct InputRecord {
  struct Header {
    std::string name{};
    std::optional<std::string> value{};
    bool operator==(const Header&) const = default;
  };
  std::optional<int> partition{};
  std::optional<Millis> time{};  ///< none: when it is written
  std::optional<std::string> key{}, value{};
  std::vector<Header> headers{};
};

/// `topic` and `offset` may be there and do not count. Throws Error{manifest} with file, line and column: what is no such record, a key
/// that nobody knows, no value at all (a tombstone is written as null), a time that Kafka cannot express.
[[nodiscard]] InputRecord read_record(std::string_view line, const std::string& file, int number);

/// `,"NAME":` and the bytes as above.
void append_json_bytes(std::string& to, std::string_view name, const std::optional<std::string_view>& bytes, const Hidden&);
/// Text as JSON with the quotes; everything that a terminal could take as a command is escaped as well. The text must be UTF-8.
void append_json(std::string& to, std::string_view text);

}  // namespace ctl::cli
