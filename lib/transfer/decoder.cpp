#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/from_json.hpp"
#include "transfer/json_null.hpp"
#include "transfer/json_reader.hpp"
#include "transfer/json_text.hpp"
#include "transfer/provenance.hpp"

namespace ctl::transfer {
namespace {

Verdict to_verdict(JsonFault fault) {
  if (fault.kind == JsonFault::Kind::not_utf8) return {Reject::bad_utf8, ""};
  return {Reject::bad_json, std::move(fault.detail)};
}

}  // namespace

struct Decoder::Impl {
  Provenance provenance;
  std::vector<Column> columns_of_members{};
  std::vector<std::string> columns{};
  std::vector<std::size_t> utc{};
  std::string id_field{};
  Zone time_zone{};
  bool keep_extra{};
  std::vector<JsonMember> members{};       ///< of the event at hand
  std::vector<std::string_view> values{};  ///< of its declared members, as many as columns_of_members; empty: absent
  std::string extra{};

  Impl(const EventTable& table, const TableInfo& info)
      : provenance{table},
        id_field{table.id_field},
        time_zone{zone(table.time_zone)},
        keep_extra{table.extra_fields == EventTable::Extra::jsonb} {
    for (const auto& field : table.fields) {
      if (field.column.empty()) continue;
      const auto& column = find_column(info, table, field.column);
      columns_of_members.push_back({.member = field.name,
                                    .name = field.column,
                                    .type = field_type(table.table, column),
                                    .length = column.length,
                                    .precision = column.precision,
                                    .scale = column.scale,
                                    .nullable = column.nullable});
      const auto& type = columns_of_members.back().type;
      if (type.element == ColumnType::local_time && time_zone.kind == Zone::Kind::rules) utc.push_back(columns.size());
      columns.push_back(field.column);
    }
    if (!keep_extra) return;
    const auto& column = find_column(info, table, "extra");
    if (column_type(table.table, column) != ColumnType::jsonb)
      throw Error{Code::refused,
                  {.what = "column " + to_string(table.table) + ".extra is " + column.type + ", not jsonb", .where = to_string(table.at)}};
    columns.push_back("extra");
  }

  static Reject reject(Row& out, std::string_view column, Verdict verdict) {
    out.column = column;
    out.detail = std::move(verdict.detail);
    return verdict.reject;
  }

  void clear(Row& out) const {
    out.from_table = false;
    out.column.clear();
    out.detail.clear();
    out.fields.resize(columns.size());
    for (auto& field : out.fields) field.reset();
  }

  Reject decode(std::string_view value, Row& out) {
    clear(out);
    auto id = provenance.row_by_end(value);
    if (!id) {
      if (auto fault = read_object(value, members)) return reject(out, "", to_verdict(*std::move(fault)));
      const auto claim = provenance.claim_of(members);
      if (claim.of == Claim::Of::other)
        return reject(out, id_field, {Reject::wrong_type, claim.text.substr(0, 100) + " is no row of this table"});
      if (claim.of == Claim::Of::nothing) return read_fields(out);
      id = claim.id;
    }
    out.from_table = true;
    out.source_id = *id;
    return Reject::none;
  }

  Reject decode_fields(std::string_view value, Row& out) {
    clear(out);
    if (auto fault = read_object(value, members)) return reject(out, "", to_verdict(*std::move(fault)));
    return read_fields(out);
  }

  void add_extra(const JsonMember& member) {
    extra += extra.empty() ? "{\"" : ",\"";
    extra.append(member.name).append("\":").append(member.value);
  }

  /// Where the column of a member is, nullopt: it has none. They come in the declared order, or nearly so.
  std::optional<std::size_t> column_of(const JsonMember& member, std::size_t expected) const {
    const auto size = columns_of_members.size();
    for (std::size_t i = 0; i < size; ++i) {
      const auto at = expected + i < size ? expected + i : expected + i - size;
      if (is_named(member, columns_of_members[at].member)) return at;
    }
    return std::nullopt;
  }

  /// Of members with one name the last one counts, as in JavaScript; what the others are does not matter.
  bool find_values() {
    extra.clear();
    values.assign(columns_of_members.size(), {});
    bool any = false;
    std::size_t expected = 0;
    for (const auto& member : members) {
      if (const auto found = column_of(member, expected)) {
        any = true;
        values[*found] = member.value;
        expected = *found + 1 < values.size() ? *found + 1 : 0;
      } else if (keep_extra && !is_named(member, json_null_member)) {
        add_extra(member);
      }
    }
    return any;
  }

  Reject read_fields(Row& out) {
    const bool any = find_values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& column = columns_of_members[i];
      const bool absent = values[i].empty() || (values[i] == "null" && !is_json_null(members, column));
      if (absent && column.nullable && any) continue;
      if (absent) return reject(out, column.name, {Reject::missing_field, ""});
      if (auto verdict = to_field(values[i], column, time_zone, out.fields[i].emplace()); verdict.reject != Reject::none)
        return reject(out, column.name, std::move(verdict));
    }
    if (extra.empty()) return Reject::none;
    extra += '}';
    if (auto verdict = check_jsonb(extra); verdict.reject != Reject::none) return reject(out, "extra", std::move(verdict));
    out.fields.back() = extra;
    return Reject::none;
  }
};

Decoder::Decoder(const EventTable& table, const TableInfo& info) : impl_{std::make_unique<Impl>(table, info)} {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

const std::vector<std::string>& Decoder::columns() const noexcept { return impl_->columns; }
const std::vector<std::size_t>& Decoder::utc_columns() const noexcept { return impl_->utc; }
Reject Decoder::decode(std::string_view value, Row& out) { return impl_->decode(value, out); }
Reject Decoder::decode_fields(std::string_view value, Row& out) { return impl_->decode_fields(value, out); }

}  // namespace ctl::transfer
