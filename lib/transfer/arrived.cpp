#include "transfer/arrived.hpp"

#include "transfer/json_text.hpp"

namespace ctl::transfer {

std::string hex_bytes(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string printable(std::string_view text, std::size_t most) {
  if (!is_utf8(text)) return hex_bytes(text.substr(0, most / 2));
  auto end = std::min(most, text.size());
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string clean{text.substr(0, end)};
  for (auto& c : clean)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return clean;
}

Arrived arrived(const kafka::Message& message) {
  Arrived a;
  a.partition = message.partition.id;
  a.offset = message.offset;
  a.time_ms = message.time.time_since_epoch().count();
  a.key = message.key;
  a.value = message.value;
  a.headers = "[";
  for (const auto& header : message.headers) {
    const bool text = is_utf8(header.name) && header.name.find('\0') == std::string_view::npos;
    a.headers += a.headers.size() > 1 ? ",{" : "{";
    a.headers += text ? "\"name\":" : "\"name_hex\":";
    append_json_string(a.headers, text ? std::string{header.name} : hex_bytes(header.name));
    a.headers += ",\"value\":";
    if (header.value)
      append_json_string(a.headers, hex_bytes(*header.value));
    else
      a.headers += "null";
    a.headers += "}";
  }
  a.headers += "]";
  return a;
}

}  // namespace ctl::transfer
