#include "value/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace ctl {
namespace {

constexpr std::string_view digits = "0123456789";

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool only(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_integer(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return text == "0" || (only(text, digits) && text.front() != '0');
}

std::optional<double> real(std::string_view text) {
  if (!only(text, "0123456789.eE+-") || text.find_first_of(".eE") == std::string_view::npos || text.front() == '+') return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A number to some readers of YAML, text or another number to others: 012, 0x1F, 0o17, +1, 1_000, .inf, .nan
bool is_disputed_number(std::string_view text) {
  const auto word = lower(text);
  if (word == ".nan" || word == ".inf" || word == "-.inf" || word == "+.inf") return true;
  std::string_view rest{word};
  if (rest.front() == '-' || rest.front() == '+') rest.remove_prefix(1);
  if (rest.starts_with("0x")) return only(rest.substr(2), "0123456789abcdef_");
  if (rest.starts_with("0o") || rest.starts_with("0b")) return only(rest.substr(2), "0123456789_");
  return only(rest, "0123456789_") && rest.front() != '_';
}

/// 7d, 500ms: the durations of our own files; no reader of YAML takes them for anything but text.
bool is_duration(std::string_view text) {
  const auto unit = text.find_first_not_of(digits);
  return unit != 0 && unit != std::string_view::npos && parse_duration(text).has_value();
}

}  // namespace

Plain read_plain(std::string_view text) {
  const auto word = lower(text);
  if (text.empty() || text == "~" || text == "null") return {nullptr, {}, {}};
  if (text == "true") return {true, {}, {}};
  if (text == "false") return {false, {}, {}};
  const std::string quoted{quote_json(text)};
  if (word == "true" || word == "false" || word == "null")
    return {text, "'" + std::string{text} + "' is ambiguous", "write " + word + ", or " + quoted + " for the text"};
  if (word == "yes" || word == "on")
    return {text, "'" + std::string{text} + "' is ambiguous", "write true, or " + quoted + " for the text"};
  if (word == "no" || word == "off")
    return {text, "'" + std::string{text} + "' is ambiguous", "write false, or " + quoted + " for the text"};
  if (is_integer(text)) {
    if (const auto value = parse_integer(text)) return {*value, {}, {}};
    return {text, "the number " + std::string{text} + " does not fit into 64 bits", "write " + quoted + " for the text"};
  }
  if (const auto value = real(text)) return {*value, {}, {}};
  if (is_disputed_number(text))
    return {text, "'" + std::string{text} + "' is a different number to different readers",
            "write it in plain decimal digits, or " + quoted + " for the text"};
  return {text, {}, {}};
}

bool is_plain_text(std::string_view text) {
  constexpr std::array<std::string_view, 12> words{"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf", "nil"};
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view inside = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@+=$%-();,: ";
  if (is_duration(text)) return true;
  if (!only(text, inside) || one_of(words, lower(text))) return false;
  if (letters.find(text.front()) == std::string_view::npos && text.front() != '/' && text.front() != '_') return false;
  return text.back() != ' ' && text.back() != ':' && text.find(": ") == std::string_view::npos;
}

}  // namespace ctl
