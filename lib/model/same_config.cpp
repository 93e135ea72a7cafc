#include <algorithm>
#include <cctype>
#include <charconv>

#include "core/text.hpp"
#include "model/topic.hpp"

namespace ctl {
namespace {

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

std::string lower(std::string_view text) {
  std::string small{text};
  std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return small;
}

/// Integers exactly (a double has no room for every int64), other numbers as numbers, booleans in any case.
bool same_element(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (const auto x = parse_integer(a), y = parse_integer(b); x && y) return *x == *y;
  if (const auto x = number(a), y = number(b); x && y) return *x == *y;
  const auto word = lower(a);
  return (word == "true" || word == "false") && word == lower(b);
}

}  // namespace

bool same_config(std::string_view a, std::string_view b) {
  auto left = split(a, ','), right = split(b, ',');
  if (left.size() == 1 && right.size() == 1) return same_element(left.front(), right.front());
  std::sort(left.begin(), left.end());  // Kafka's lists are sets: cleanup.policy, the throttled replicas
  std::sort(right.begin(), right.end());
  return left == right;
}

}  // namespace ctl
