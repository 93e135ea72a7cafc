#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "transfer/from_json.hpp"
#include "transfer/json_text.hpp"

namespace ctl::transfer {

using simdjson::dom::element;

struct Decoder::Impl {
  std::vector<Column> members{};
  std::vector<std::string> columns{};
  std::vector<std::size_t> utc{};
  std::string id_field{}, provenance{};
  Zone time_zone{};
  bool keep_extra{}, need_texts{};
  std::vector<std::string_view> texts{};  ///< of the members of the event at hand, if they are needed
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
      members.push_back({field.name, field.column, field_type(table.table, column), column.length, column.nullable});
      if (members.back().type.element == ColumnType::local_time && time_zone.kind == Zone::Kind::rules) utc.push_back(columns.size());
      need_texts = need_texts || needs_text(members.back().type);
      columns.push_back(field.column);
    }
    if (!keep_extra) return;
    need_texts = true;
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

  void add_extra(std::string_view member, std::string_view text) {
    extra += extra.empty() ? '{' : ',';
    append_json_string(extra, member);
    extra += ':';
    append_compact_json(extra, text);
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
    if (out.from_table) return Reject::none;
    if (need_texts) parts_of(value, texts);
    return read_fields(object, out);
  }

  Reject read_fields(const simdjson::dom::object& object, Row& out) {
    extra.clear();
    bool any = false;
    auto next_text = texts.begin();
    for (const auto& [name, e] : object) {  // of members with one name the last one counts, as in JavaScript
      const auto text = need_texts ? *next_text++ : std::string_view{};
      const auto found =
          std::find_if(members.begin(), members.end(), [member = std::string_view{name}](const Column& c) { return c.member == member; });
      if (found == members.end()) {
        if (keep_extra) add_extra(name, text);
        continue;
      }
      any = true;
      auto& field = out.fields[static_cast<std::size_t>(found - members.begin())];
      field.reset();
      if (e.is_null()) continue;
      if (auto verdict = to_field(e, text, *found, time_zone, field.emplace()); verdict.reject != Reject::none)
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
