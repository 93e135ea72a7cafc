#include "transfer/from_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "transfer/decimal_text.hpp"
#include "transfer/json_reader.hpp"
#include "transfer/json_text.hpp"
#include "transfer/time_text.hpp"

namespace ctl::transfer {
namespace {

constexpr std::size_t most_dimensions = 6;  // PostgreSQL, MAXDIM

/// The value for a person, cut between characters.
std::string shown(std::string_view value) {
  constexpr std::size_t most = 100;
  if (value.size() <= most) return std::string{value};
  auto end = most;
  while ((static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return std::string{value.substr(0, end)} + "...";
}
Verdict wrong(std::string_view value) { return {Reject::wrong_type, shown(value)}; }
Verdict beyond(std::string_view value) { return {Reject::out_of_range, shown(value)}; }
Verdict lone_surrogate() { return {Reject::bad_utf8, "a lone surrogate, which is no character"}; }

template <class T>
bool fits(std::int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

/// nullopt: the value is no text, or has a lone surrogate.
std::optional<std::string_view> if_text(std::string_view value, std::string& scratch) {
  return is_string(value) ? text_of(value, scratch) : std::nullopt;
}

/// Big ones are written as text, and what an INSERT took from the application may have been text.
std::optional<Decimal> integer_of(std::string_view value, std::string& scratch) {
  if (is_number(value)) return read_decimal(value);
  const auto text = if_text(value, scratch);
  if (!text) return std::nullopt;
  const auto digits = text->substr(text->substr(0, 1) == "-" ? 1 : 0);
  return digits.find_first_not_of("0123456789") == std::string_view::npos ? read_decimal(*text) : std::nullopt;
}

Verdict to_integer(std::string_view value, ColumnType type, std::string& to) {
  auto integer = is_number(value) ? parse_integer(value) : std::nullopt;  // most are
  if (!integer) {
    const auto number = integer_of(value, to);
    if (!number || number->needed_scale() > 0) return wrong(value);
    integer = to_integer(*number);
  }
  if (!integer || (type == ColumnType::small && !fits<std::int16_t>(*integer)) ||
      (type == ColumnType::integer && !fits<std::int32_t>(*integer)))
    return beyond(value);
  to = std::to_string(*integer);
  return {};
}

/// A decimal that becomes infinity, or zero though it is none, does not survive. Every other one becomes its nearest neighbour, which is
/// what the type is for.
template <class T>
bool survives(std::string_view number) {
  T nearest{};
  const auto read = std::from_chars(number.data(), number.data() + number.size(), nearest);
  if (read.ec != std::errc{} || !std::isfinite(nearest)) return false;
  if (nearest != 0) return true;
  const auto decimal = read_decimal(number);
  return decimal && decimal->is_zero();
}

Verdict to_float(std::string_view value, ColumnType type, std::string& to) {
  if (!is_number(value)) return wrong(value);
  if (!(type == ColumnType::real ? survives<float>(value) : survives<double>(value))) return beyond(value);
  to = value;
  return {};
}

/// Whether numeric(precision, scale) holds it without rounding.
bool fits_column(const Decimal& number, const Column& column) {
  if (!column.precision || number.is_zero()) return true;
  const auto scale = column.scale.value_or(0);
  return number.needed_scale() <= scale && number.magnitude() <= *column.precision - scale;
}

Verdict to_numeric(std::string_view value, const Column& column, std::string& to) {
  std::string scratch;
  const auto text = is_number(value) ? std::optional{value} : if_text(value, scratch);
  if (!text) return wrong(value);
  const bool infinite = *text == "Infinity" || *text == "-Infinity";
  if (infinite && column.precision) return beyond(value);  // only a numeric without limits holds it
  if (!infinite && *text != "NaN") {
    const auto number = read_decimal(*text);
    if (!number) return wrong(value);
    if (!fits_column(*number, column) || !fits_numeric(*number)) return beyond(value);
  }
  to = *text;
  return {};
}

Verdict to_text(std::string_view value, std::optional<int> length, std::string& to) {
  if (!is_string(value)) return wrong(value);
  const auto text = text_of(value, to);
  if (!text) return lone_surrogate();
  if (text->find('\0') != std::string_view::npos) return {Reject::nul_byte, ""};
  if (length && count_characters(*text) > static_cast<std::size_t>(*length))
    return {Reject::too_long, std::to_string(count_characters(*text)) + " characters, at most " + std::to_string(*length) + " fit"};
  if (text->data() != to.data()) to = *text;
  return {};
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : hexadecimal.find(text[i]) == std::string_view::npos) return false;
  }
  return true;
}

Verdict to_uuid(std::string_view value, std::string& to) {
  std::string scratch;
  const auto text = if_text(value, scratch);
  if (!text || !is_uuid(*text)) return wrong(value);
  to = *text;
  return {};
}

Verdict to_time(std::string_view value, ColumnType type, const Zone& zone, std::string& to) {
  if (!is_string(value)) return wrong(value);
  std::string scratch;
  const auto text = text_of(value, scratch).value_or("");
  const auto us = type == ColumnType::date ? parse_postgres_date(text) : parse_iso_time(text);
  if (!us) return {Reject::bad_time, shown(text.empty() ? value : text)};
  to.clear();
  if (type == ColumnType::date) {
    to = text;
  } else {
    append_postgres_time(to, type == ColumnType::local_time ? *us + zone.offset_us : *us);
    if (type == ColumnType::instant) to += "+00";
  }
  return {};
}

Verdict to_scalar(std::string_view value, const Column& column, const Zone& zone, std::string& to) {
  switch (column.type.element) {
    case ColumnType::small:
    case ColumnType::integer:
    case ColumnType::big: return to_integer(value, column.type.element, to);
    case ColumnType::numeric: return to_numeric(value, column, to);
    case ColumnType::real:
    case ColumnType::float8: return to_float(value, column.type.element, to);
    case ColumnType::boolean:
      if (value != "true" && value != "false") return wrong(value);
      to = value.substr(0, 1);
      return {};
    case ColumnType::text: return to_text(value, column.length, to);
    case ColumnType::uuid: return to_uuid(value, to);
    case ColumnType::json: to = value; return {};
    case ColumnType::jsonb: to = value; return check_jsonb(value);
    case ColumnType::date:
    case ColumnType::local_time:
    case ColumnType::instant: return to_time(value, column.type.element, zone, to);
  }
  return wrong(value);
}

/// One JSON array after the other, from outside in. As PostgreSQL's manual has it (Arrays, "Array Input and Output Syntax"); every text is
/// quoted, so that none of them is taken for NULL.
struct ArrayText {
  const Column& column;
  const Zone& zone;
  std::string& to;
  std::vector<std::size_t> lengths{};   ///< of each dimension
  std::optional<std::size_t> leaves{};  ///< the dimension that holds the values
  std::string scalar{};

  Verdict add(std::string_view array, std::size_t dimension) {
    std::vector<std::string_view> elements;
    elements_of(array, elements);
    const auto length = elements.size();
    if (dimension == lengths.size()) lengths.push_back(length);
    if (lengths[dimension] != length || dimension == most_dimensions || (dimension > 0 && length == 0)) return wrong(array);
    char before = '{';
    for (const auto element : elements) {
      to += std::exchange(before, ',');
      const bool nested = element.front() == '[' && column.type.element != ColumnType::json && column.type.element != ColumnType::jsonb;
      if (!nested && !leaves) leaves = dimension;
      if (nested == (leaves == dimension)) return wrong(array);
      if (auto verdict = nested ? add(element, dimension + 1) : add_value(element); verdict.reject != Reject::none) return verdict;
    }
    to += length == 0 ? "{}" : "}";
    return {};
  }

  Verdict add_value(std::string_view value) {
    if (value == "null") {
      to += "NULL";
      return {};
    }
    auto verdict = to_scalar(value, column, zone, scalar);
    to += '"';
    for (const char c : scalar) {
      if (c == '"' || c == '\\') to += '\\';
      to += c;
    }
    to += '"';
    return verdict;
  }
};

}  // namespace

Verdict check_jsonb(std::string_view json) {
  std::string scratch;
  for (std::size_t i = 0; i < json.size();) {
    auto end = i + 1;
    if (json[i] == '"') {
      for (; json[end] != '"'; ++end) end += json[end] == '\\' ? 1 : 0;
      const auto text = text_of(json.substr(i, ++end - i), scratch);
      if (!text) return lone_surrogate();
      if (text->find('\0') != std::string_view::npos) return {Reject::nul_byte, ""};
    } else if (is_number(json.substr(i, 1))) {
      end = std::min(json.find_first_not_of("+-.0123456789eE", i), json.size());
      const auto number = read_decimal(json.substr(i, end - i));
      if (number && !fits_numeric(*number)) return beyond(json.substr(i, end - i));
    }
    i = end;
  }
  return {};
}

Verdict to_field(std::string_view value, const Column& column, const Zone& zone, std::string& to) {
  if (!column.type.array) return to_scalar(value, column, zone, to);
  if (value.front() != '[') return wrong(value);
  to.clear();
  return ArrayText{column, zone, to}.add(value, 0);
}

}  // namespace ctl::transfer
