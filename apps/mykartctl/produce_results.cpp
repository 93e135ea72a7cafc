#include "produce_results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "record_json.hpp"
#include "record_table.hpp"

namespace ctl::cli {
namespace {

std::string place_of(const Sent& sent) { return fmt::format("{}:{}", sent.file, sent.line); }

}  // namespace

ProduceResults::ProduceResults(render::Output& out, std::string topic) : out_{out}, topic_{std::move(topic)} {
  if (for_people()) lines_ = fmt::format("{:>9}  {:>10}  {}\n", "PARTITION", "OFFSET", "KEY");
  flush();
}

bool ProduceResults::for_people() const { return out_.format() == render::Format::table || out_.format() == render::Format::wide; }

void ProduceResults::Missed::add(const Sent& sent) {
  ++count;
  if (!first || sent.number < first->number) first = sent;
  if (!last || sent.number > last->number) last = sent;
}

void ProduceResults::written(const Sent& sent, const kafka::Place& place) {
  ++written_;
  written_to_ = std::max(written_to_, sent.number);
  auto to = std::back_inserter(lines_);
  if (out_.format() == render::Format::json) {
    fmt::format_to(to, R"({{"topic":"{}","partition":{},"offset":{})", topic_, place.partition, place.offset);
    append_json_bytes(lines_, "key", sent.key, [this](std::string_view text) { return out_.hides(text); });
    fmt::format_to(to, ",\"line\":{}}}\n", sent.line);
    return;
  }
  if (for_people()) fmt::format_to(to, "{:>9}  {:>10}  ", place.partition, place.offset);
  append_text(lines_, shown(sent.key));
  lines_ += '\n';
}

void ProduceResults::missed(const Sent& sent, bool in_doubt) {
  missed_.add(sent);
  if (in_doubt) in_doubt_.add(sent);
  auto to = std::back_inserter(lines_);
  if (out_.format() == render::Format::json) {
    fmt::format_to(to, R"({{"topic":"{}","partition":null,"offset":null)", topic_);
    append_json_bytes(lines_, "key", sent.key, [this](std::string_view text) { return out_.hides(text); });
    fmt::format_to(to, ",\"line\":{},\"written\":{}}}\n", sent.line, in_doubt ? "null" : "false");
  } else if (for_people()) {
    fmt::format_to(to, "{:>9}  {:>10}  ", "-", in_doubt ? "in doubt" : "unwritten");
    append_text(lines_, shown(sent.key));
    fmt::format_to(to, "  ({})\n", place_of(sent));
  }
}

void ProduceResults::flush() {
  if (!lines_.empty()) out_.lines(lines_);
  lines_.clear();
}

bool ProduceResults::is_prefix() const noexcept { return written_ == 0 || written_to_ < missed_.first->number; }

Error ProduceResults::ended(const Error& why) const {
  auto text = why.text();
  auto told = fmt::format("{} {} written", counted(written_, "record"), written_ == 1 ? "was" : "were");
  if (missed_.count == 0) {
    told += ", nothing after that";
  } else {
    const auto first = place_of(*missed_.first);
    told += fmt::format(", {} not", format_count(missed_.count - in_doubt_.count));
    if (in_doubt_.count > 0)
      told += fmt::format(", {} in doubt ({} to {})", format_count(in_doubt_.count), place_of(*in_doubt_.first), place_of(*in_doubt_.last));
    told += fmt::format("; every record before {} was written, {}", first,
                        is_prefix() ? fmt::format("nothing after {}", place_of(*missed_.last)) : "and some after it");
    const auto again = is_prefix() ? fmt::format("tail -n +{} FILE | mykartctl topics produce {} -f -", missed_.first->line, topic_)
                                   : "send again what stdout calls unwritten (-o json: with its line)";
    text.where = first;
    text.hint = in_doubt_.count == 0
                    ? again
                    : fmt::format("mykartctl topics monitor {} --from -{}, to see which of those in doubt are there; then {}", topic_,
                                  in_doubt_.count, again);
  }
  text.cause = text.cause.empty() ? told : text.cause + "; " + told;
  return {why.code(), std::move(text)};
}

}  // namespace ctl::cli
