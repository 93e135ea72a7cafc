#include <fmt/format.h>

#include <algorithm>

#include "core/base64.hpp"
#include "record_json.hpp"
#include "value/fields.hpp"

namespace ctl::cli {
namespace {

/// The bytes under `name` or `name`_base64; of both, one must be null or missing.
std::optional<std::string> bytes_of(Fields& fields, const std::string& name) {
  const auto encoded = name + "_base64";
  if (!fields.has(encoded)) return fields.text_if(name);
  if (fields.has(name)) fields.wrong(encoded, "twice", fmt::format("'{}' and '{}' are both there", name, encoded), "leave one of them out");
  const auto text = fields.text_if(encoded);
  auto bytes = text ? from_base64(*text) : std::nullopt;
  if (text && !bytes) fields.wrong(encoded, "base64", fmt::format("'{}' is no base64", encoded), "RFC 4648, padded, without blanks");
  return bytes;
}

std::vector<InputRecord::Header> headers_of(Fields& fields, Problems& problems) {
  std::vector<InputRecord::Header> headers;
  const auto* list = fields.list_if("headers");
  if (list == nullptr) return headers;
  for (const auto& item : *list->list()) {
    Fields one{item, problems};
    auto name = bytes_of(one, "name");
    if (!name && item.map() != nullptr) one.wrong("name", "missing-key", "a header has no 'name'");
    headers.push_back({name.value_or(""), bytes_of(one, "value")});
  }
  return headers;
}

std::optional<Millis> time_of(Fields& fields) {
  const auto text = fields.text_if("time");
  if (!text) return std::nullopt;
  const auto time = parse_instant(*text);
  if (!time)
    fields.wrong("time", "wrong-value", fmt::format("'time' is '{}', which is no instant", *text), "2026-11-22T10:00:00.123Z");
  else if (*time <= Millis{})
    fields.wrong("time", "wrong-value", fmt::format("'time' is {}, Kafka's times begin one millisecond after 1970", *text));
  return time;
}

InputRecord record_of(const Value& value, Problems& problems) {
  Fields fields{value, problems};
  static_cast<void>(fields.has("topic"));
  static_cast<void>(fields.has("offset"));
  InputRecord record{};
  if (const auto partition = fields.integer_if("partition", 0, INT32_MAX)) record.partition = static_cast<int>(*partition);
  record.time = time_of(fields);
  record.key = bytes_of(fields, "key");
  record.value = bytes_of(fields, "value");
  record.headers = headers_of(fields, problems);
  if (value.map() != nullptr && value.find("value") == nullptr && value.find("value_base64") == nullptr)
    fields.wrong("value", "missing-key", "there is no 'value'", "a tombstone is written as \"value\":null");
  return record;
}

}  // namespace

InputRecord read_record(std::string_view line, const std::string& file, int number) {
  Problems problems;
  InputRecord record{};
  if (const auto value = parse_json(line, file, problems)) record = record_of(*value, problems);
  if (has_errors(problems)) {
    auto first = *std::min_element(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) { return a.at < b.at; });
    first.at.line = number;  // each line was read as a text of its own
    fail({first});
  }
  return record;
}

}  // namespace ctl::cli
