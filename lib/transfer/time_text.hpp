#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times as PostgreSQL and as JavaScript write them, by way of microseconds since 1970 (UTC, or local where the text had no zone).
/// All of them lie between the years 1 and 275760: JavaScript's Date knows no later one, and no event is from before Christ.
namespace ctl::transfer {

[[nodiscard]] std::optional<std::int64_t> from_postgres_time(std::int64_t us);    ///< since 2000, as COPY sends it; no infinity, no BC
[[nodiscard]] std::optional<std::int64_t> from_postgres_date(std::int64_t days);  ///< since 2000, as COPY sends it; likewise
[[nodiscard]] std::optional<std::int64_t> parse_postgres_date(std::string_view);  ///< "2024-05-01", at midnight
[[nodiscard]] std::optional<std::int64_t> parse_iso_time(
    std::string_view);  ///< "2024-05-01T12:34:56.789Z" or with an offset; up to 6 digits

void append_postgres_time(std::string& to, std::int64_t us);  ///< as PostgreSQL reads it, microseconds

/// Where the caller has room for so many characters; they give the place behind the last one.
inline constexpr std::size_t longest_time = 40;
[[nodiscard]] char* put_iso_time(char* at, std::int64_t us, int digits);  ///< as toISOString: 3 digits (cut, not rounded) or 6, and Z
[[nodiscard]] char* put_postgres_date(char* at, std::int64_t us);         ///< "2024-05-01"

}  // namespace ctl::transfer
