#include "transfer/dead_letters.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/copy.hpp"
#include "sql/queries.hpp"
#include "transfer/time_text.hpp"

namespace ctl::transfer {
namespace {

using Field = std::optional<std::string_view>;

constexpr std::string_view not_kept = "over_limit";  ///< state of the letters of a batch that was rolled back

std::optional<std::string> event_time(std::int64_t ms) {
  constexpr std::int64_t latest = 8'640'000'000'000'000;  // as late as an event's own time can be
  if (ms < 0 || ms > latest) return std::nullopt;
  std::string text;
  append_postgres_time(text, ms * 1000);
  return text + "+00";
}

}  // namespace

postgres::Names DeadLetters::names() const { return {{"table", journal_name(table_)}, {"topic", table_.topic}}; }

void DeadLetters::clear(const Deadline& until) { session_.query(sql::dead_letters_clear, names(), until); }

void DeadLetters::copy(const Batch& batch, std::string_view state, std::size_t most, const Deadline& until) {
  auto writer = session_.copy_in(
      "copy mykartctl.dead_letter (run, table_name, topic, partition, kafka_offset, event_time, key, value, headers, reason, sqlstate, "
      "column_name, detail, state) from stdin",
      until);
  const auto run = std::to_string(run_), table = journal_name(table_);
  const auto or_null = [](const std::string& text) { return text.empty() ? std::nullopt : Field{text}; };
  for (const auto& event : batch.events) {
    if (event.reject == Reject::none) continue;
    if (most-- == 0) break;
    const auto partition = std::to_string(event.partition), offset = std::to_string(event.offset), detail = printable(event.detail, 500);
    const auto time = event_time(event.time_ms);
    const auto key = event.key ? std::optional{hex_bytes(*event.key)} : std::nullopt;
    const auto value = event.value ? std::optional{hex_bytes(*event.value)} : std::nullopt;
    const std::array<Field, 14> line{run,
                                     table,
                                     table_.topic,
                                     partition,
                                     offset,
                                     time,
                                     key,
                                     value,
                                     event.headers,
                                     to_string(event.reject),
                                     or_null(event.sqlstate),
                                     or_null(event.column),
                                     detail,
                                     state};
    writer.add(line, until);
  }
  writer.finish(until);
}

std::optional<Error> DeadLetters::write(const Batch& batch, const Deadline& until) {
  copy(batch, "open", std::numeric_limits<std::size_t>::max(), until);
  const auto open = session_.query(sql::dead_letters_number, names(), until).integer(0, "letters");
  if (static_cast<std::uint64_t>(open) <= most_) return std::nullopt;
  return too_many(until);
}

Error DeadLetters::too_many(const Deadline& until) const {
  const auto open = session_.query(sql::dead_letters_open, names(), until);
  std::string reasons;
  for (std::size_t i = 0; i < open.size(); ++i)
    reasons += fmt::format("{}{} {}", i == 0 ? "" : ", ", open.integer(i, "letters"), open.text(i, "reason"));
  const auto column = open.text(0, "column_name"), detail = open.text(0, "detail");
  const auto all = open.integer(0, "all_letters");
  return {Code::refused,
          {.what = fmt::format("{} events of {} cannot be rows, more than the {} that are allowed", all, table_.topic, most_),
           .cause = fmt::format("{}; {} at partition {} offset {}{}{}", reasons, open.text(0, "reason"), open.integer(0, "partition"),
                                open.integer(0, "kafka_offset"), column.empty() ? "" : ", " + column, detail.empty() ? "" : ": " + detail),
           .hint = fmt::format(
               "correct the cause, or allow more: --max-dead-letters {}. The last batch was not kept; look at its letters: psql "
               "-c \"select * from mykartctl.dead_letter where state = '{}'\"",
               all * 2, not_kept)}};
}

void DeadLetters::keep_refused(const Batch& batch, const Deadline& until) {
  constexpr std::size_t enough = 1000;
  clear(until);
  copy(batch, not_kept, enough, until);
}

}  // namespace ctl::transfer
