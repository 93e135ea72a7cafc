#include "transfer/json_reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace ctl::transfer {
namespace {

constexpr std::string_view blank_characters = " \t\n\r";

using Block = std::uint8_t __attribute__((vector_size(16)));  // compared in one go where the processor can

/// How many of a block's bytes are plain characters within a string: up to a quote, a backslash or a control character.
std::size_t plain_bytes(const char* at) {
  Block bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  const auto special = (bytes == '"') | (bytes == '\\') | (bytes < 0x20);
  std::array<std::uint64_t, 2> flags{};
  std::memcpy(flags.data(), &special, sizeof flags);
  if constexpr (std::endian::native == std::endian::big) flags = {__builtin_bswap64(flags[0]), __builtin_bswap64(flags[1])};
  const auto half = static_cast<std::size_t>(std::countr_zero(flags[0])) / 8;
  return half < 8 ? half : 8 + static_cast<std::size_t>(std::countr_zero(flags[1])) / 8;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Reader {
 public:
  explicit Reader(std::string_view json) : begin_{json.data()}, at_{json.data()}, end_{json.data() + json.size()} {}

  bool object(std::vector<JsonMember>& members) {
    blanks();
    if (!is_next('{')) return false;
    ++at_;
    blanks();
    if (take('}')) return ends();
    for (;;) {
      auto& member = members.emplace_back();
      const char* const name = at_ + 1;
      escaped_ = false;
      if (!string()) return false;
      member.escaped = escaped_;
      member.name = {name, static_cast<std::size_t>(at_ - 1 - name)};
      if (!colon()) return false;
      const char* const value = at_;
      if (!any_value()) return false;
      member.value = {value, static_cast<std::size_t>(at_ - value)};
      blanks();
      if (take('}')) return ends();
      if (!take(',')) return instead_of("',' or '}'");
      blanks();
    }
  }

  bool alone() {
    blanks();
    return any_value() && ends();
  }

  [[nodiscard]] std::string fault() const {
    if (at_ == end_) return fmt::format("the end instead of {}", wanted_);
    const auto byte = static_cast<unsigned char>(*at_);
    const auto seen = byte >= 0x20 && byte < 0x7f ? fmt::format("'{}'", *at_) : fmt::format("byte 0x{:02x}", byte);
    return fmt::format("{} instead of {} at byte {}", seen, wanted_, at_ - begin_);
  }

 private:
  bool instead_of(std::string_view wanted) {
    wanted_ = wanted;
    return false;
  }
  [[nodiscard]] bool is_next(char c) const { return at_ != end_ && *at_ == c; }
  bool take(char c) {
    if (!is_next(c)) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool ends() {
    blanks();
    return at_ == end_ || instead_of("the end");
  }
  bool colon() {
    blanks();
    if (!take(':')) return instead_of("':'");
    blanks();
    return true;
  }

  bool string() {
    if (!take('"')) return instead_of("'\"'");
    for (;;) {
      auto plain = sizeof(Block);
      while (plain == sizeof(Block) && end_ - at_ >= static_cast<std::ptrdiff_t>(sizeof(Block))) at_ += plain = plain_bytes(at_);
      if (plain == sizeof(Block))
        while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
      if (take('"')) return true;
      if (!take('\\')) return instead_of("a character of a text");
      if (at_ == end_ || std::strchr("\"\\/bfnrtu", *at_) == nullptr || *at_ == '\0') return instead_of("an escape");
      escaped_ = true;
      if (*at_++ != 'u') continue;
      for (int i = 0; i < 4; ++i, ++at_)
        if (at_ == end_ || !is_hex(*at_)) return instead_of("a hexadecimal digit");
    }
  }

  bool digits() {
    if (at_ == end_ || !is_digit(*at_)) return instead_of("a digit");
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!is_next('e') && !is_next('E')) return true;
    ++at_;
    if (!take('+')) take('-');
    return digits();
  }
  bool word(std::string_view wanted) {
    for (const char c : wanted)
      if (!take(c)) return instead_of(wanted);
    return true;
  }
  bool scalar() {
    if (at_ == end_) return instead_of("a value");
    switch (*at_) {
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return is_digit(*at_) || *at_ == '-' ? number() : instead_of("a value");
    }
  }

  /// Keeps what is open in a list of its own instead of calling itself: no depth ends the program.
  bool any_value() {
    for (open_.clear();;) {
      const bool object = is_next('{');
      if (object || is_next('[')) {
        ++at_;
        blanks();
        if (!take(object ? '}' : ']')) {
          open_.push_back(object);
          if (object && !name()) return false;
          continue;
        }
      } else if (!scalar()) {
        return false;
      }
      if (!next_value()) return wanted_.empty();
    }
  }

  /// Behind a value: goes to the next one. False: there is none, because everything is closed (nothing is wanted) or something is wrong.
  bool next_value() {
    for (; !open_.empty(); open_.pop_back()) {
      blanks();
      const bool object = open_.back();
      if (take(',')) {
        blanks();
        return !object || name();
      }
      if (!take(object ? '}' : ']')) return instead_of(object ? "',' or '}'" : "',' or ']'");
    }
    return false;
  }
  bool name() { return string() && colon(); }

  const char* begin_;
  const char* at_;
  const char* end_;
  bool escaped_{};             ///< there was an escape since it was set to false
  std::string_view wanted_{};  ///< what should have been at `at_`
  std::vector<bool> open_{};   ///< containers around the value at hand, true for objects
};

}  // namespace

std::optional<JsonFault> read_object(std::string_view json, std::vector<JsonMember>& members) {
  members.clear();
  if (!simdjson::validate_utf8(json.data(), json.size())) return JsonFault{JsonFault::Kind::not_utf8, ""};
  const auto first = json.find_first_not_of(blank_characters);
  const bool object = first != std::string_view::npos && json[first] == '{';
  Reader reader{json};
  const bool valid = object ? reader.object(members) : reader.alone();
  if (valid && object) return std::nullopt;
  members.clear();
  if (valid) return JsonFault{JsonFault::Kind::not_an_object, "not an object"};
  return JsonFault{JsonFault::Kind::syntax, reader.fault()};
}

void elements_of(std::string_view array, std::vector<std::string_view>& elements) {
  elements.clear();
  int depth = 0;
  auto begin = array.find('[') + 1;
  const auto end_element = [&](std::size_t end) {
    auto element = array.substr(begin, end - begin);
    element.remove_prefix(std::min(element.find_first_not_of(blank_characters), element.size()));
    if (!element.empty()) elements.push_back(element.substr(0, element.find_last_not_of(blank_characters) + 1));
    begin = end + 1;
  };
  for (auto i = begin; i < array.size(); ++i) switch (array[i]) {
      case '"':
        for (++i; array[i] != '"'; ++i) i += array[i] == '\\' ? 1 : 0;
        break;
      case '{':
      case '[': ++depth; break;
      case ',':
        if (depth == 0) end_element(i);
        break;
      case '}':
      case ']':
        if (depth-- == 0) return end_element(i);
        break;
      default: break;
    }
}

}  // namespace ctl::transfer
