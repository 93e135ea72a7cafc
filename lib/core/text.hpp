#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Words, numbers, durations and instants as people and files write them. Locale and time zone of the process never matter.
namespace ctl {

using Millis = std::chrono::sys_time<std::chrono::milliseconds>;  ///< an instant, UTC

/// The candidate at most 2 (words over 6 letters: 3) edits away, the nearest first; nullopt if none is that near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// "500ms" "30s" "5m" "12h" "7d", or a bare number of milliseconds; nullopt for anything else or on overflow.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest exact form: 7d, 90s, 1500ms.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds);
/// For people: 1m12s, 3 s, 250 ms.
[[nodiscard]] std::string format_took(std::chrono::milliseconds);

[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);  ///< decimal, whole text, optional '-'; nullopt otherwise
[[nodiscard]] std::string format_count(std::uint64_t);                           ///< 10,412,233
[[nodiscard]] std::string counted(std::uint64_t, std::string_view noun);         ///< 1 topic, 1,024 topics
[[nodiscard]] std::string format_bytes(std::uint64_t);                           ///< 1.2 GB (powers of 1000)

[[nodiscard]] Millis now();
[[nodiscard]] std::string format_instant(Millis);  ///< RFC 3339, UTC: 2026-11-22T10:00:00.123Z (no fraction when it is 0)
[[nodiscard]] std::optional<Millis> parse_instant(
    std::string_view text);  ///< RFC 3339 with Z or an offset; fraction of up to 9 digits, cut to milliseconds

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);  ///< pieces trimmed, empty ones left out
[[nodiscard]] std::string join(std::span<const std::string> pieces, std::string_view separator);
[[nodiscard]] std::string_view trim(std::string_view text);

}  // namespace ctl
