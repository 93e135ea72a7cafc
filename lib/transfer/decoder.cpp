#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/codec.hpp"
#include "transfer/column_type.hpp"
#include "transfer/json_text.hpp"
#include "transfer/time_text.hpp"

namespace ctl::transfer {
namespace {

using simdjson::dom::element;

struct Column {
  std::string member{}, name{};
  ColumnType type{};
  std::optional<int> length{};
  bool nullable{};
};
struct Verdict {
  Reject reject{Reject::none};
  std::string detail{};
};

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
  if (type == ColumnType::real && std::abs(value) > static_cast<double>(std::numeric_limits<float>::max()))
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

Verdict to_numeric(const element& e, std::string& to) {
  if (e.is_string() && is_decimal(std::string_view{e})) {
    to = std::string_view{e};
    return {};
  }
  return e.is_number() ? to_float(e, ColumnType::float8, to) : wrong(e);
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

/// PostgreSQL has no character for it, neither in text nor in jsonb.
bool has_nul(std::string_view json) {
  for (auto at = json.find("\\u0000"); at != std::string_view::npos; at = json.find("\\u0000", at + 1)) {
    const auto before = json.substr(0, at).find_last_not_of('\\');
    if ((at - (before == std::string_view::npos ? 0 : before + 1)) % 2 == 0) return true;
  }
  return false;
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

Verdict to_field(const element& e, const Column& column, const Zone& zone, std::string& to) {
  switch (column.type) {
    case ColumnType::small:
    case ColumnType::integer:
    case ColumnType::big: return to_integer(e, column.type, to);
    case ColumnType::numeric: return to_numeric(e, to);
    case ColumnType::real:
    case ColumnType::float8: return to_float(e, column.type, to);
    case ColumnType::boolean:
      if (!e.is_bool()) return wrong(e);
      to = e.get_bool().value_unsafe() ? "t" : "f";
      return {};
    case ColumnType::text: return to_text(e, column.length, to);
    case ColumnType::uuid: return to_uuid(e, to);
    case ColumnType::json:
    case ColumnType::jsonb: to = simdjson::minify(e); return has_nul(to) ? Verdict{Reject::nul_byte, ""} : Verdict{};
    case ColumnType::date:
    case ColumnType::local_time:
    case ColumnType::instant: return to_time(e, column.type, zone, to);
  }
  return wrong(e);
}

}  // namespace

struct Decoder::Impl {
  std::vector<Column> members{};
  std::vector<std::string> columns{};
  std::vector<std::size_t> utc{};
  std::string id_field{}, provenance{};
  Zone time_zone{};
  bool keep_extra{};
  simdjson::dom::parser parser{};
  std::string extra{};

  Impl(const EventTable& table, const TableInfo& info)
      : id_field{table.id_field},
        provenance{"pg:" + table.table.name + ":"},
        time_zone{zone(table.time_zone)},
        keep_extra{table.extra_fields == EventTable::Extra::jsonb} {
    for (const auto& field : table.fields) {
      if (field.column.empty()) continue;
      const auto& column = find_column(info, table, field.column);
      members.push_back({field.name, field.column, column_type(table.table, column), column.length, column.nullable});
      if (members.back().type == ColumnType::local_time && time_zone.kind == Zone::Kind::rules) utc.push_back(columns.size());
      columns.push_back(field.column);
    }
    if (!keep_extra) return;
    const auto& column = find_column(info, table, "extra");
    if (column_type(table.table, column) != ColumnType::jsonb)
      throw Error{Code::refused,
                  {.what = "column " + to_string(table.table) + ".extra is " + column.type + ", not jsonb", .where = to_string(table.at)}};
    columns.push_back("extra");
  }

  Reject reject(Row& out, std::string_view column, Verdict verdict) const {
    out.column = column;
    out.detail = std::move(verdict.detail);
    return verdict.reject;
  }

  /// Whether the id field says that the event is a row of this table.
  Verdict read_provenance(const element& e, Row& out) const {
    const auto text = e.is_string() ? std::string_view{e} : std::string_view{};
    if (text.substr(0, 3) != "pg:") return {};
    const auto id = text.substr(0, provenance.size()) == provenance ? parse_integer(text.substr(provenance.size())) : std::nullopt;
    if (!id) return {Reject::wrong_type, std::string{text.substr(0, 100)} + " is no row of this table"};
    out.from_table = true;
    out.source_id = *id;
    return {};
  }

  void add_extra(std::string_view member, const element& e) {
    extra += extra.empty() ? '{' : ',';
    append_json_string(extra, member);
    extra += ':';
    extra += simdjson::minify(e);
  }

  Reject decode(std::string_view value, Row& out) {
    out.from_table = false;
    out.column.clear();
    out.detail.clear();
    out.fields.resize(columns.size());
    for (auto& field : out.fields) field.reset();
    simdjson::dom::object object;
    const auto parsed = parser.parse(value.data(), value.size());
    if (parsed.error() != simdjson::SUCCESS)
      return reject(out, "",
                    is_utf8(value) ? Verdict{Reject::bad_json, simdjson::error_message(parsed.error())} : Verdict{Reject::bad_utf8, ""});
    if (parsed.get_object().get(object) != simdjson::SUCCESS) return reject(out, "", {Reject::bad_json, "not an object"});
    for (const auto& [name, e] : object)
      if (name == id_field)
        if (auto verdict = read_provenance(e, out); verdict.reject != Reject::none) return reject(out, id_field, std::move(verdict));
    return out.from_table ? Reject::none : read_fields(object, out);
  }

  Reject read_fields(const simdjson::dom::object& object, Row& out) {
    extra.clear();
    bool any = false;
    for (const auto& [name, e] : object) {  // of members with one name the last one counts, as in JavaScript
      const auto found =
          std::find_if(members.begin(), members.end(), [member = std::string_view{name}](const Column& c) { return c.member == member; });
      if (found == members.end()) {
        if (keep_extra) add_extra(name, e);
        continue;
      }
      any = true;
      auto& field = out.fields[static_cast<std::size_t>(found - members.begin())];
      field.reset();
      if (e.is_null()) continue;
      if (auto verdict = to_field(e, *found, time_zone, field.emplace()); verdict.reject != Reject::none)
        return reject(out, found->name, std::move(verdict));
    }
    for (std::size_t i = 0; i < members.size(); ++i)
      if (!out.fields[i] && (!members[i].nullable || !any)) return reject(out, members[i].name, {Reject::missing_field, ""});
    if (keep_extra && !extra.empty()) {
      if (has_nul(extra)) return reject(out, "extra", {Reject::nul_byte, ""});
      out.fields.back() = extra + "}";
    }
    return Reject::none;
  }
};

Decoder::Decoder(const EventTable& table, const TableInfo& info) : impl_{std::make_unique<Impl>(table, info)} {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

const std::vector<std::string>& Decoder::columns() const noexcept { return impl_->columns; }
const std::vector<std::size_t>& Decoder::utc_columns() const noexcept { return impl_->utc; }
Reject Decoder::decode(std::string_view value, Row& out) { return impl_->decode(value, out); }

}  // namespace ctl::transfer
