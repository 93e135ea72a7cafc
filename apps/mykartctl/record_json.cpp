#include "record_json.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base64.hpp"
#include "core/utf8.hpp"
#include "render/width.hpp"

namespace ctl::cli {
namespace {

void append_number(std::string& to, std::int64_t number) {
  const fmt::format_int text{number};
  to.append(text.data(), text.size());
}

void append_escaped(std::string& to, const Character& character, std::string_view bytes) {
  switch (character.code) {
    case '\n': to += "\\n"; return;
    case '\t': to += "\\t"; return;
    case '\r': to += "\\r"; return;
    default: break;
  }
  if (render::is_harmful(character.code))
    fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(character.code));
  else
    to += bytes;
}

/// Printable ASCII, in which only the quote and the backslash need an escape: two bytes are written for each, and one of them kept, because
/// JSON within JSON has a quote every few bytes and the processor cannot guess where.
void append_plain(std::string& to, std::string_view text) {
  const auto old = to.size();
  to.resize(old + 2 * text.size());
  auto* at = to.data() + old;
  for (const char c : text) {
    *at = '\\';
    at += c == '"' || c == '\\' ? 1 : 0;
    *at++ = c;
  }
  to.resize(static_cast<std::size_t>(at - to.data()));
}

}  // namespace

void append_json(std::string& to, std::string_view text) {
  to += '"';
  for (;;) {
    const auto plain = plain_run(text);
    append_plain(to, text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto character = first_character(text);
    append_escaped(to, character, text.substr(0, character.size));
    text.remove_prefix(character.size);
  }
  to += '"';
}

void append_json_bytes(std::string& to, std::string_view name, const std::optional<std::string_view>& bytes, const Hidden& hidden) {
  to.append(",\"").append(name).append("\":");
  if (!bytes) {
    to += "null";
  } else if (is_utf8(*bytes) && !(hidden && hidden(*bytes))) {
    append_json(to, *bytes);
  } else {
    to.append("null,\"").append(name).append("_base64\":\"").append(to_base64(*bytes)).append("\"");
  }
}

void JsonRecords::append_headers(std::string& to, const std::vector<kafka::Header>& headers) const {
  to += ",\"headers\":[";
  for (const auto& header : headers) {
    if (&header != headers.data()) to += ',';
    const auto begin = to.size();
    append_json_bytes(to, "name", header.name, hidden_);
    to[begin] = '{';  // in place of the comma
    append_json_bytes(to, "value", header.value, hidden_);
    to += '}';
  }
  to += ']';
}

void JsonRecords::append(std::string& to, const kafka::Message& message) {
  to += "{\"topic\":\"";  // Kafka's names need no escape
  to.append(message.partition.topic).append("\",\"partition\":");
  append_number(to, message.partition.id);
  to += ",\"offset\":";
  append_number(to, message.offset);
  to += ",\"time\":";
  if (message.time < Millis{})
    to += "null";
  else
    to.append("\"").append(time_.text(message.time)).append("\"");
  append_json_bytes(to, "key", message.key, hidden_);
  append_json_bytes(to, "value", message.value, hidden_);
  append_headers(to, message.headers);
  to += "}\n";
}

}  // namespace ctl::cli
