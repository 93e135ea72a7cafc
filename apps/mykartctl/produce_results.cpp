#include "produce_results.hpp"

#include <fmt/format.h>

#include "record_json.hpp"
#include "record_table.hpp"

namespace ctl::cli {

ProduceResults::ProduceResults(render::Output& out) : out_{out} {
  if (for_people()) lines_ = fmt::format("{:>9}  {:>10}  {}\n", "PARTITION", "OFFSET", "KEY");
  flush();
}

bool ProduceResults::for_people() const { return out_.format() == render::Format::table || out_.format() == render::Format::wide; }

void ProduceResults::written(const std::string& topic, const kafka::Place& place, const std::optional<std::string>& key, int line) {
  ++written_;
  auto to = std::back_inserter(lines_);
  if (out_.format() == render::Format::json) {
    fmt::format_to(to, R"({{"topic":"{}","partition":{},"offset":{})", topic, place.partition, place.offset);
    append_json_bytes(lines_, "key", key, [this](std::string_view text) { return out_.hides(text); });
    fmt::format_to(to, ",\"line\":{}}}\n", line);
    return;
  }
  if (for_people()) fmt::format_to(to, "{:>9}  {:>10}  ", place.partition, place.offset);
  append_text(lines_, shown(key));
  lines_ += '\n';
}

void ProduceResults::failed(const Error& error, const std::string& file, int line) {
  ++failed_;
  if (first_) return;
  const auto& text = error.text();
  first_ = Error{error.code(), {.what = error.what(), .cause = text.cause, .where = fmt::format("{}:{}", file, line), .hint = text.hint}};
}

void ProduceResults::flush() {
  if (!lines_.empty()) out_.lines(lines_);
  lines_.clear();
}

Error ProduceResults::ended(const Error& why) const {
  const auto& text = why.text();
  const auto told = fmt::format("{} {} written, {}", counted(written_, "record"), written_ == 1 ? "was" : "were",
                                failed_ > 0 ? format_count(failed_) + " not" : "nothing after that");
  return {why.code(),
          {.what = why.what(), .cause = text.cause.empty() ? told : text.cause + "; " + told, .where = text.where, .hint = text.hint}};
}

}  // namespace ctl::cli
