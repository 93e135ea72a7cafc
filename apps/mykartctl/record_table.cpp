#include "record_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/utf8.hpp"
#include "render/table.hpp"
#include "render/width.hpp"

namespace ctl::cli {
namespace {

constexpr std::size_t partition_width = 9, offset_width = 10, widest = 40;
constexpr std::string_view gap = "  ";

std::size_t time_width(RecordTime::Zone zone) {
  return std::string_view{zone == RecordTime::Zone::local ? "2026-11-22T10:00:00.123+01:00" : "2026-11-22T10:00:00.123Z"}.size();
}

void append_number(std::string& to, std::int64_t number, std::size_t width) {
  const fmt::format_int text{number};
  to.append(width - std::min(width, text.size()), ' ').append(text.data(), text.size());
}

void append_harmless(std::string& to, std::string_view bytes) {
  for (;;) {
    const auto plain = plain_run(bytes);
    to += bytes.substr(0, plain);
    bytes.remove_prefix(plain);
    if (bytes.empty()) return;
    const auto character = first_character(bytes);
    if (character.valid)
      to += render::printable(bytes.substr(0, character.size));
    else
      fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    bytes.remove_prefix(character.size);
  }
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool is_structure(char c) { return std::string_view{"{}[],"}.find(c) != std::string_view::npos; }

/// Without the blanks that hold a line break and stand beside a bracket or a comma, outside of strings: where printers of JSON put them.
std::string on_one_line(std::string_view json) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted && c == '\\' && i + 1 < json.size()) {
      out.append(json.substr(i++, 2));
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (quoted || !is_blank(c)) {
      out += c;
      continue;
    }
    const auto end = std::min(
        json.size(),
        static_cast<std::size_t>(std::find_if_not(json.begin() + static_cast<std::ptrdiff_t>(i), json.end(), is_blank) - json.begin()));
    const auto blanks = json.substr(i, end - i);
    const bool between = end == json.size() || is_structure(json[end]) || (!out.empty() && is_structure(out.back()));
    if (!between || blanks.find('\n') == std::string_view::npos) out += blanks;
    i = end - 1;
  }
  return out;
}

/// Ends a cell of so many columns. A wider one than any before widens the column, to a limit.
void pad(std::string& to, std::size_t columns, std::size_t& width) {
  width = std::max(width, std::min(columns, widest));
  to.append(width - std::min(width, columns), ' ').append(gap);
}

}  // namespace

std::string_view shown(const std::optional<std::string_view>& bytes) { return !bytes ? "<null>" : bytes->empty() ? "<empty>" : *bytes; }

void append_text(std::string& to, std::string_view bytes) {
  const bool broken_json = !bytes.empty() && (bytes.front() == '{' || bytes.front() == '[') && bytes.find('\n') != std::string_view::npos;
  append_harmless(to, broken_json ? on_one_line(bytes) : bytes);
}

void RecordTable::head(std::string& to) const {
  fmt::format_to(std::back_inserter(to), "{:<{}}  ", "TIME", time_width(columns_.zone));
  if (columns_.topic > 0) fmt::format_to(std::back_inserter(to), "{:<{}}  ", "TOPIC", columns_.topic);
  fmt::format_to(std::back_inserter(to), "{:>{}}  {:>{}}  {:<{}}  ", "PARTITION", partition_width, "OFFSET", offset_width, "KEY",
                 key_width_);
  if (columns_.headers) fmt::format_to(std::back_inserter(to), "{:<{}}  ", "HEADERS", headers_width_);
  to += "VALUE\n";
}

void RecordTable::append(std::string& to, const kafka::Message& message) {
  if (message.time < Millis{})
    to.append("-").append(time_width(columns_.zone) - 1, ' ');
  else
    to += time_.text(message.time);
  to += gap;
  if (columns_.topic > 0) {
    const auto& topic = message.partition.topic;
    to.append(topic).append(columns_.topic - std::min(columns_.topic, topic.size()), ' ').append(gap);
  }
  append_number(to, message.partition.id, partition_width);
  to += gap;
  append_number(to, message.offset, offset_width);
  to += gap;
  append_key(to, message.key);
  if (columns_.headers) append_headers(to, message.headers);
  append_bytes(to, message.value);
  to += '\n';
}

void RecordTable::append_key(std::string& to, const std::optional<std::string_view>& key) {
  const auto begin = to.size();
  append_bytes(to, key);
  const auto word = !key || key->empty();  // its colour takes no room
  pad(to, word ? shown(key).size() : render::display_width(std::string_view{to}.substr(begin)), key_width_);
}

void RecordTable::append_bytes(std::string& to, const std::optional<std::string_view>& bytes) const {
  if (bytes && !bytes->empty()) return append_text(to, *bytes);
  to += render::styled(shown(bytes), Style::faint, columns_.coloured);
}

void RecordTable::append_headers(std::string& to, const std::vector<kafka::Header>& headers) {
  const auto begin = to.size();
  for (const auto& header : headers) {
    if (&header != headers.data()) to += ',';
    append_text(to, header.name);
    to += '=';
    append_text(to, header.value.value_or("<null>"));
  }
  pad(to, render::display_width(std::string_view{to}.substr(begin)), headers_width_);
}

}  // namespace ctl::cli
