#include "transfer/row_content.hpp"

#include "core/digest.hpp"

namespace ctl::transfer {
namespace {

char of_digit(char hex) { return static_cast<char>(hex <= '9' ? hex - '0' : hex - 'a' + 10); }

}  // namespace

std::string row_content(const Encoder::Event& event) {
  std::string whole;
  whole.reserve(event.key.size() + event.value.size() + 48);
  whole += std::to_string(event.key.size()) + ":";
  whole += event.key;
  whole += event.value;
  whole += event.time_ms ? "@" + std::to_string(*event.time_ms) : std::string{};
  const auto hex = sha256(whole);
  std::string bytes(row_content_size, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((of_digit(hex[2 * i]) << 4) | of_digit(hex[2 * i + 1]));
  return bytes;
}

}  // namespace ctl::transfer
