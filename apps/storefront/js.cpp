#include "js.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace storefront::js {
namespace {

/// White space that parseInt skips and that fits into UTF-8 of one to three bytes.
constexpr std::array<std::string_view, 10> spaces{" ", "\t", "\n", "\v", "\f", "\r", "\u00A0", "\u2028", "\u2029", "\uFEFF"};

void skip_spaces(std::string_view& text) {
  for (std::size_t before = 0; before != text.size();) {
    before = text.size();
    for (const auto space : spaces)
      if (text.starts_with(space)) text.remove_prefix(space.size());
  }
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

std::string quote(std::string_view text) {
  std::string out{'"'};
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  return out += '"';
}

/// JavaScript's numbers are doubles: 9007199254740993 of a request is 9007199254740992 in the event.
std::string number_of(std::int64_t value) { return number(static_cast<double>(value)); }

struct Stringify {
  std::string& out;
  void operator()(std::nullptr_t) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += number_of(value); }
  void operator()(double value) const { out += std::isfinite(value) ? number(value) : "null"; }
  void operator()(const std::string& value) const { out += quote(value); }
  void operator()(const Value::List& list) const {
    out += '[';
    for (const auto& item : list) {
      if (&item != &list.front()) out += ',';
      std::visit(*this, item.data());
    }
    out += ']';
  }
  void operator()(const Value::Map& map) const {
    out += '{';
    for (const auto& member : map) {
      if (&member != &map.front()) out += ',';
      out += quote(member.key) += ':';
      std::visit(*this, member.value.data());
    }
    out += '}';
  }
};

struct ToString {
  std::string operator()(std::nullptr_t) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return number_of(value); }
  std::string operator()(double value) const { return number(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Value::Map&) const { return "[object Object]"; }
  std::string operator()(const Value::List& list) const {  // [1,[2,null]] is "1,2,"
    std::string out;
    for (const auto& item : list) {
      if (&item != &list.front()) out += ',';
      if (!item.is_null()) out += std::visit(*this, item.data());
    }
    return out;
  }
};

}  // namespace

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return "0";  // -0 as well
  if (value < 0) return "-" + number(-value);

  std::array<char, 40> buffer{};  // d.ddde±xx, the fewest digits that read back as the same number
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const std::string_view scientific{buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data())};
  const auto e = scientific.find('e');
  int exponent = 0;
  const auto* exponent_digits = scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_digits, written.ptr, exponent);
  std::string digits{scientific.substr(0, 1)};
  if (e > 2) digits += scientific.substr(2, e - 2);

  const int count = static_cast<int>(digits.size()), point = exponent + 1;  // where the point stands, in digits from the left
  if (count <= point && point <= 21) return digits.append(static_cast<std::size_t>(point - count), '0');
  if (0 < point && point <= 21) return digits.insert(static_cast<std::size_t>(point), 1, '.');
  if (-6 < point && point <= 0) return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (count > 1) digits.insert(1, 1, '.');
  return fmt::format("{}e{:+}", digits, exponent);
}

std::string text(const std::optional<Value>& value) { return value ? std::visit(ToString{}, value->data()) : "undefined"; }

std::optional<double> parse_int(std::string_view text) {
  skip_spaces(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  const int base = hexadecimal ? 16 : 10;
  std::size_t length = 0;
  while (length < text.size() && digit(text[length]) < base) ++length;
  if (length == 0) return std::nullopt;
  double value = 0;
  if (std::from_chars(text.data(), text.data() + length, value, hexadecimal ? std::chars_format::hex : std::chars_format::fixed).ec !=
      std::errc{})
    value = HUGE_VAL;
  return negative ? -value : value;
}

bool truthy(const std::optional<Value>& value) {
  if (!value || value->is_null()) return false;
  if (const auto* b = value->boolean()) return *b;
  if (const auto* i = value->integer()) return *i != 0;
  if (const auto* d = value->real()) return *d != 0 && !std::isnan(*d);
  if (const auto* s = value->text()) return !s->empty();
  return true;
}

std::string stringify(const Value& value) {
  std::string out;
  std::visit(Stringify{out}, value.data());
  return out;
}

std::string from_latin1(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 0x3F));
    }
  }
  return out;
}

}  // namespace storefront::js
