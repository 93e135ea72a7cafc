#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/array_text.hpp"
#include "transfer/codec.hpp"
#include "transfer/column_type.hpp"
#include "transfer/expressions.hpp"
#include "transfer/json_null.hpp"
#include "transfer/json_text.hpp"
#include "transfer/line.hpp"
#include "transfer/table_problems.hpp"
#include "transfer/time_text.hpp"

namespace ctl::transfer {
namespace {

constexpr int none = -1;
constexpr int milliseconds = 3;  // digits
constexpr std::int64_t us_per_ms = 1000;

struct Source {  ///< a selected column
  std::string name{};
  ColumnType type{};  ///< of its elements if it is an array
  bool array{};
  std::int64_t offset_us{};  ///< of its fixed time zone
};
struct Piece {  ///< literal text, then the value of a source (none: nothing)
  std::string before{};
  int source{none};
  std::string member{};  ///< its name as JSON, in a value
};

bool is_json(const Source& source) { return source.type == ColumnType::json || source.type == ColumnType::jsonb; }

std::optional<std::int64_t> event_time_us(const Source& source, std::string_view field) {
  if (source.type == ColumnType::date) return from_postgres_date(postgres::to_integer(field));
  auto us = from_postgres_time(postgres::to_integer(field));
  if (us) *us -= source.offset_us;
  return us;
}

Reject append_float(std::string& to, std::string_view text) {
  double value{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || !std::isfinite(value)) return Reject::out_of_range;
  append_json_number(to, value);
  return Reject::none;
}

}  // namespace

struct Encoder::Impl {
  std::vector<Source> sources{};
  std::vector<std::string> columns{};
  std::vector<std::size_t> hours{};  ///< sources that are hour_expression()s
  std::vector<Piece> body{}, key_pieces{};
  std::string without_column{}, provenance{};  ///< of a value, behind the body: members without a column, the id field without the id
  std::string json_nulls{};                    ///< members of the row at hand that hold JSON's null
  int time{none}, time_digits{};
  bool whole_time{};                       ///< the value carries the time column to its last digit
  std::optional<std::int64_t> event_us{};  ///< of the row at hand, when it has a time column
  bool below_millisecond{};                ///< of the row at hand (Encoder::Event)
  Line value{}, key{};
  std::string scratch{};

  Impl(const EventTable& table, const TableInfo& info) : time_digits{table.time_digits} {
    need_carriable(table, info);
    add(table, info, table.id_column);
    if (!table.time_column.empty()) time = add(table, info, table.time_column);
    std::string before = "{";
    for (const auto& field : table.fields) {
      append_json_string(before, field.name);
      before += ':';
      if (field.column.empty()) {
        before += "null,";
        continue;
      }
      body.push_back({before, add(table, info, field.column)});
      append_json_string(body.back().member, field.name);
      before = ",";
    }
    if (before.size() > 1 && before.back() != ',') before += ',';
    without_column = before;
    append_json_string(provenance, table.id_field);
    provenance += ':';
    append_json_string(provenance, "pg:" + table.table.name + ":");
    provenance.pop_back();
    compile_key(table, info);
    const auto is_time = [&](const Piece& piece) { return piece.source == time; };
    whole_time = time == none || (time_digits > milliseconds && std::any_of(body.begin(), body.end(), is_time));
  }

  int add(const EventTable& table, const TableInfo& info, const std::string& name) {
    const auto found = std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.name == name; });
    if (found != sources.end()) return static_cast<int>(found - sources.begin());
    const auto declared = zone(table.time_zone);
    const auto type = field_type(table.table, find_column(info, table, name));
    Source source{name, type.element, type.array, 0};
    if (source.type == ColumnType::local_time) source.offset_us = declared.offset_us;
    columns.push_back(value_expression(name, type, table));
    sources.push_back(source);
    const auto index = static_cast<int>(sources.size()) - 1;
    if (source.type == ColumnType::local_time && declared.kind == Zone::Kind::rules) {
      hours.push_back(sources.size());
      columns.push_back(hour_expression(name, table));
      sources.push_back({.type = ColumnType::text});
    }
    return index;
  }

  void compile_key(const EventTable& table, const TableInfo& info) {
    std::string_view rest = table.key_template;
    for (auto open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
      const auto close = rest.find('}', open);
      key_pieces.push_back({std::string{rest.substr(0, open)}, add(table, info, std::string{rest.substr(open + 1, close - open - 1)})});
      rest.remove_prefix(close + 1);
    }
    key_pieces.push_back({std::string{rest}, none});
  }

  /// The types that most columns have are written at once, the others by way of `scratch`.
  Reject add_json(Line& to, const Source& source, const std::optional<std::string_view>& field) {
    if (!field) {
      to.add("null");
      return Reject::none;
    }
    if (!source.array) switch (source.type) {
        case ColumnType::small:
        case ColumnType::integer:
        case ColumnType::big: to.wrote(put_integer(to.room(longest_integer), postgres::to_integer(*field))); return Reject::none;
        case ColumnType::boolean: to.add(postgres::to_integer(*field) != 0 ? "true" : "false"); return Reject::none;
        case ColumnType::date:
        case ColumnType::local_time:
        case ColumnType::instant: return add_time(to, source, *field);
        case ColumnType::text:
          if (!is_plain(*field)) break;
          to.add("\"");
          to.add(*field);
          to.add("\"");
          return Reject::none;
        default: break;
      }
    scratch.clear();
    const auto verdict = source.array ? append_array(scratch, source, *field) : append_value(scratch, source, *field);
    to.add(scratch);
    return verdict;
  }

  Reject add_time(Line& to, const Source& source, std::string_view field) {
    const bool of_row = time != none && &source == &sources[static_cast<std::size_t>(time)];
    const auto us = of_row ? event_us : event_time_us(source, field);
    if (!us) return Reject::bad_time;
    below_millisecond = below_millisecond || (time_digits <= milliseconds && *us % us_per_ms != 0);
    auto* at = to.room(longest_time + 2);
    *at++ = '"';
    at = source.type == ColumnType::date ? put_postgres_date(at, *us) : put_iso_time(at, *us, time_digits);
    *at++ = '"';
    to.wrote(at);
    return Reject::none;
  }

  Reject append_array(std::string& to, const Source& source, std::string_view field) {
    auto verdict = Reject::none;
    const auto append = [&](std::optional<std::string_view> element) {
      if (element) verdict = append_value(to, source, *element);
      if (!element) to += "null";
      return verdict == Reject::none;
    };
    if (append_json_array(to, field, append)) return Reject::none;
    return verdict != Reject::none ? verdict : Reject::wrong_type;
  }

  /// Of a value, or an element of an array, as PostgreSQL writes it.
  Reject append_value(std::string& to, const Source& source, std::string_view text) {
    switch (source.type) {
      case ColumnType::small:
      case ColumnType::integer:
      case ColumnType::big: {
        const auto element = parse_integer(text);
        if (!element) return Reject::wrong_type;
        std::array<char, longest_integer> number;
        to.append(number.data(), put_integer(number.data(), *element));
        return Reject::none;
      }
      case ColumnType::real:
      case ColumnType::float8: return append_float(to, text);
      case ColumnType::boolean: to += text == "t" ? "true" : "false"; return Reject::none;
      case ColumnType::text:
        if (!is_utf8(text)) return Reject::bad_utf8;
        append_json_string(to, text);
        return Reject::none;
      case ColumnType::numeric:
      case ColumnType::uuid: append_json_string(to, text); return Reject::none;
      case ColumnType::json:
      case ColumnType::jsonb:
        if (!is_utf8(text)) return Reject::bad_utf8;
        append_compact_json(to, text);
        return source.array && is_null_text(text) ? Reject::json_null : Reject::none;
      case ColumnType::date:
        if (!parse_postgres_date(text)) return Reject::bad_time;
        append_json_string(to, text);
        return Reject::none;
      case ColumnType::local_time:
      case ColumnType::instant: break;  // arrays of them are refused
    }
    return Reject::wrong_type;
  }

  void add_json_nulls() {
    value.add("\"");
    value.add(json_null_member);
    value.add("\":[");
    value.add(json_nulls);
    value.add("],");
  }

  /// As a JavaScript template literal: texts without quotes, NULL as null, everything else as in JSON.
  Reject add_key(const Source& source, const std::optional<std::string_view>& field) {
    if (field && source.type == ColumnType::text) {
      key.add(*field);
      return is_utf8(*field) ? Reject::none : Reject::bad_utf8;
    }
    const auto begin = key.size();
    const auto verdict = add_json(key, source, field);
    key.unquote(begin);
    return verdict;
  }
};

Encoder::Encoder(const EventTable& table, const TableInfo& info) : impl_{std::make_unique<Impl>(table, info)} {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;

const std::vector<std::string>& Encoder::columns() const noexcept { return impl_->columns; }

Reject Encoder::encode(postgres::CopyReader::Row row, Event& out) {
  auto& self = *impl_;
  const auto source_of = [&](const Piece& piece) -> const Source& { return self.sources[static_cast<std::size_t>(piece.source)]; };
  const auto field_of = [&](int source) -> const auto& { return row[static_cast<std::size_t>(source)]; };
  out.time_ms.reset();
  out.id = postgres::to_integer(*row[0]);
  self.event_us = self.time != none && field_of(self.time)
                      ? event_time_us(self.sources[static_cast<std::size_t>(self.time)], *field_of(self.time))
                      : std::nullopt;
  self.below_millisecond = !self.whole_time && self.event_us && *self.event_us % us_per_ms != 0;
  out.hour = Event::Hour::once;
  for (const auto hour : self.hours)
    if (const auto& text = *row[hour]; !text.empty()) out.hour = text == "twice" ? Event::Hour::twice : Event::Hour::never;
  self.value.clear();
  self.json_nulls.clear();
  for (const auto& piece : self.body) {
    const auto& source = source_of(piece);
    const auto& field = field_of(piece.source);
    self.value.add(piece.before);
    const auto verdict = self.add_json(self.value, source, field);
    if (verdict != Reject::none) {
      out.column = source.name;
      return verdict;
    }
    if (field && is_json(source) && !source.array && is_null_text(*field))
      self.json_nulls.append(self.json_nulls.empty() ? "" : ",").append(piece.member);
  }
  self.value.add(self.without_column);
  if (!self.json_nulls.empty()) self.add_json_nulls();
  self.value.add(self.provenance);
  auto* at = self.value.room(longest_integer);
  self.value.wrote(std::to_chars(at, at + longest_integer, out.id).ptr);
  self.value.add("\"}");
  self.key.clear();
  for (const auto& piece : self.key_pieces) {
    self.key.add(piece.before);
    if (piece.source == none) continue;
    if (const auto verdict = self.add_key(source_of(piece), field_of(piece.source)); verdict != Reject::none) {
      out.column = source_of(piece).name;
      return verdict;
    }
  }
  if (self.time != none && field_of(self.time)) {
    if (!self.event_us) {
      out.column = self.sources[static_cast<std::size_t>(self.time)].name;
      return Reject::bad_time;
    }
    out.time_ms = (*self.event_us - ((*self.event_us % 1000) + 1000) % 1000) / 1000;
  }
  out.below_millisecond = self.below_millisecond;
  out.value = self.value.view();
  out.key = self.key.view();
  return Reject::none;
}

}  // namespace ctl::transfer
