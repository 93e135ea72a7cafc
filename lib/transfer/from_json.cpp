#include "transfer/from_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/json_text.hpp"
#include "transfer/time_text.hpp"

namespace ctl::transfer {
namespace {

using simdjson::dom::element;

constexpr std::size_t most_dimensions = 6;  // PostgreSQL, MAXDIM

Verdict wrong(const element& e) {
  auto text = simdjson::minify(e);
  if (text.size() > 100) text = text.substr(0, 100) + "...";
  return {Reject::wrong_type, std::move(text)};
}

Verdict to_integer(const element& e, ColumnType type, std::string& to) {
  std::int64_t value{};
  if (e.is_int64()) {
    value = e.get_int64();
  } else if (e.is_uint64()) {
    return {Reject::out_of_range, simdjson::minify(e)};
  } else if (double real{}; e.get_double().get(real) == simdjson::SUCCESS) {
    if (real != std::floor(real)) return wrong(e);
    if (std::abs(real) > 9007199254740992.0) return {Reject::out_of_range, simdjson::minify(e)};
    value = static_cast<std::int64_t>(real);
  } else {  // big ones are written as text, and what an INSERT took from the application may have been text
    const auto text = e.is_string() ? std::string_view{e} : std::string_view{};
    const auto digits = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return wrong(e);
    const auto parsed = parse_integer(text);
    if (!parsed) return {Reject::out_of_range, std::string{text}};
    value = *parsed;
  }
  const auto fits = [&](auto limit) {
    return value >= std::numeric_limits<decltype(limit)>::min() && value <= std::numeric_limits<decltype(limit)>::max();
  };
  if ((type == ColumnType::small && !fits(std::int16_t{})) || (type == ColumnType::integer && !fits(std::int32_t{})))
    return {Reject::out_of_range, std::to_string(value)};
  to = std::to_string(value);
  return {};
}

Verdict to_float(const element& e, ColumnType type, std::string& to) {
  double value{};
  if (e.get_double().get(value) != simdjson::SUCCESS) return wrong(e);
  // What the server would round to infinity, or to zero though it is none.
  constexpr double beyond_most = 0x1.ffffffp+127, least_half = 0x1p-150;
  if (type == ColumnType::real && (std::abs(value) >= beyond_most || (value != 0 && std::abs(value) <= least_half)))
    return {Reject::out_of_range, simdjson::minify(e)};
  to.clear();
  append_json_number(to, value);
  return {};
}

bool is_decimal(std::string_view text) {
  const auto digits = [&] {
    const auto n = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(n);
    return n;
  };
  if (text == "NaN") return true;
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  auto seen = digits();
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    seen += digits();
  }
  return seen > 0 && text.empty();
}

Verdict to_numeric(const element& e, std::string_view text, std::string& to) {
  if (e.is_string() && is_decimal(std::string_view{e}))
    to = std::string_view{e};
  else if (e.is_number())
    to = text;
  else
    return wrong(e);
  return {};
}

Verdict to_text(const element& e, std::optional<int> length, std::string& to) {
  if (!e.is_string()) return wrong(e);
  const std::string_view text{e};
  if (text.find('\0') != std::string_view::npos) return {Reject::nul_byte, ""};
  if (length && count_characters(text) > static_cast<std::size_t>(*length))
    return {Reject::too_long, std::to_string(count_characters(text)) + " characters, at most " + std::to_string(*length) + " fit"};
  to = text;
  return {};
}

Verdict to_uuid(const element& e, std::string& to) {
  const auto text = e.is_string() ? std::string_view{e} : std::string_view{};
  for (std::size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (text.size() != 36 || (dash ? text[i] != '-' : std::string_view{"0123456789abcdefABCDEF"}.find(text[i]) == std::string_view::npos))
      return wrong(e);
  }
  to = text;
  return {};
}

Verdict to_time(const element& e, ColumnType type, const Zone& zone, std::string& to) {
  if (!e.is_string()) return wrong(e);
  const std::string_view text{e};
  const auto us = type == ColumnType::date ? parse_postgres_date(text) : parse_iso_time(text);
  if (!us) return {Reject::bad_time, std::string{text.substr(0, 100)}};
  to.clear();
  if (type == ColumnType::date) {
    to = text;
  } else {
    append_postgres_time(to, type == ColumnType::local_time ? *us + zone.offset_us : *us);
    if (type == ColumnType::instant) to += "+00";
  }
  return {};
}

Verdict to_scalar(const element& e, std::string_view text, const Column& column, const Zone& zone, std::string& to) {
  switch (column.type.element) {
    case ColumnType::small:
    case ColumnType::integer:
    case ColumnType::big: return to_integer(e, column.type.element, to);
    case ColumnType::numeric: return to_numeric(e, text, to);
    case ColumnType::real:
    case ColumnType::float8: return to_float(e, column.type.element, to);
    case ColumnType::boolean:
      if (!e.is_bool()) return wrong(e);
      to = e.get_bool().value_unsafe() ? "t" : "f";
      return {};
    case ColumnType::text: return to_text(e, column.length, to);
    case ColumnType::uuid: return to_uuid(e, to);
    case ColumnType::json:
    case ColumnType::jsonb:
      to.clear();
      append_compact_json(to, text);
      return has_nul(to) ? Verdict{Reject::nul_byte, ""} : Verdict{};
    case ColumnType::date:
    case ColumnType::local_time:
    case ColumnType::instant: return to_time(e, column.type.element, zone, to);
  }
  return wrong(e);
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

  Verdict add(const element& e, std::string_view text, std::size_t dimension) {
    const simdjson::dom::array array = e.get_array();
    const auto length = array.size();
    if (dimension == lengths.size()) lengths.push_back(length);
    if (lengths[dimension] != length || dimension == most_dimensions || (dimension > 0 && length == 0)) return wrong(e);
    std::vector<std::string_view> texts;
    if (needs_text(column.type)) parts_of(text, texts);
    char before = '{';
    auto item_text = texts.begin();
    for (const auto& item : array) {
      const auto as_written = texts.empty() ? "" : *item_text++;
      to += std::exchange(before, ',');
      const bool nested = item.is_array() && column.type.element != ColumnType::json && column.type.element != ColumnType::jsonb;
      if (!nested && !leaves) leaves = dimension;
      if (nested == (leaves == dimension)) return wrong(e);
      if (auto verdict = nested ? add(item, as_written, dimension + 1) : add_value(item, as_written); verdict.reject != Reject::none)
        return verdict;
    }
    to += length == 0 ? "{}" : "}";
    return {};
  }

  Verdict add_value(const element& e, std::string_view text) {
    if (e.is_null()) {
      to += "NULL";
      return {};
    }
    auto verdict = to_scalar(e, text, column, zone, scalar);
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

/// PostgreSQL has no character for it, neither in text nor in jsonb.
bool has_nul(std::string_view json) {
  for (auto at = json.find("\\u0000"); at != std::string_view::npos; at = json.find("\\u0000", at + 1)) {
    const auto before = json.substr(0, at).find_last_not_of('\\');
    if ((at - (before == std::string_view::npos ? 0 : before + 1)) % 2 == 0) return true;
  }
  return false;
}

Verdict to_field(const simdjson::dom::element& e, std::string_view text, const Column& column, const Zone& zone, std::string& to) {
  if (!column.type.array) return to_scalar(e, text, column, zone, to);
  if (!e.is_array()) return wrong(e);
  to.clear();
  return ArrayText{column, zone, to}.add(e, text, 0);
}

}  // namespace ctl::transfer
