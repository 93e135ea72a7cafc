#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

namespace ctl {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {  // Levenshtein, one row
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row.back();
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  std::size_t best = word.size() > 6 ? 4 : 3;
  std::optional<std::string> found;
  for (const auto& candidate : candidates)
    if (const auto d = distance(word, candidate); d < best && d < std::max(word.size(), candidate.size())) best = d, found = candidate;
  return found;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_integer(text.substr(0, digits));
  if (!number) return std::nullopt;
  const auto unit = digits == text.size() ? std::string_view{"ms"} : text.substr(digits);
  for (const auto& u : units)
    if (u.name == unit && *number <= std::numeric_limits<std::int64_t>::max() / u.ms) return std::chrono::milliseconds{*number * u.ms};
  return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds d) {
  for (const auto& u : units)
    if (d.count() != 0 && d.count() % u.ms == 0) return fmt::format("{}{}", d.count() / u.ms, u.name);
  return fmt::format("{}ms", d.count());
}

std::string format_took(std::chrono::milliseconds d) {
  const auto ms = d.count();
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 10'000) return fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
  if (ms < 60'000) return fmt::format("{} s", ms / 1000);
  if (ms < 3'600'000) return fmt::format("{}m{:02}s", ms / 60'000, ms / 1000 % 60);
  return fmt::format("{}h{:02}m", ms / 3'600'000, ms / 60'000 % 60);
}

std::string format_count(std::uint64_t n) {
  auto text = fmt::format("{}", n);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) text.insert(static_cast<std::size_t>(i), ",");
  return text;
}

std::string counted(std::uint64_t n, std::string_view noun) { return fmt::format("{} {}{}", format_count(n), noun, n == 1 ? "" : "s"); }

std::string format_bytes(std::uint64_t n) {
  constexpr std::array<std::string_view, 6> names{"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(n);
  std::size_t i = 0;
  for (; value >= 999.5 && i + 1 < names.size(); ++i) value /= 1000;
  return i == 0 || value >= 99.95 ? fmt::format("{:.0f} {}", value, names[i]) : fmt::format("{:.1f} {}", value, names[i]);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blank);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(separator, from), text.size());
    if (const auto piece = trim(text.substr(from, to - from)); !piece.empty()) pieces.emplace_back(piece);
    from = to + 1;
  }
  return pieces;
}

std::string join(std::span<const std::string> pieces, std::string_view separator) {
  return fmt::format("{}", fmt::join(pieces, separator));
}

}  // namespace ctl
