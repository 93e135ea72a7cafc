#include "transfer/provenance.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "transfer/json_text.hpp"

namespace ctl::transfer {
namespace {

/// As the tool writes it: no zero in front, no "-0".
std::optional<std::int64_t> row_id(std::string_view text) {
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.starts_with('0') && text != "0") return std::nullopt;
  return parse_integer(text);
}

bool is_of_integer(char c) { return (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

Provenance::Provenance(const EventTable& table) : id_field_{table.id_field}, prefix_{"pg:" + table.table.name + ":"} {
  append_json_string(quoted_prefix_, prefix_);
  quoted_prefix_.pop_back();
  before_ = ",";
  append_json_string(before_, table.id_field);
  before_ += ':' + quoted_prefix_;
}

std::optional<std::int64_t> Provenance::row_by_end(std::string_view value) const {
  constexpr std::string_view end = "\"}";
  if (!value.ends_with(end)) return std::nullopt;
  value.remove_suffix(end.size());
  auto id = value.size();
  while (id > 0 && is_of_integer(value[id - 1])) --id;
  return value.substr(0, id).ends_with(before_) ? row_id(value.substr(id)) : std::nullopt;
}

Claim Provenance::claim_of(const std::vector<JsonMember>& members) const {
  const auto last = std::find_if(members.rbegin(), members.rend(), [&](const JsonMember& m) { return is_named(m, id_field_); });
  if (last == members.rend() || !is_string(last->value)) return {};
  std::string scratch;
  const auto text = text_of(last->value, scratch).value_or("");
  if (!text.starts_with("pg:")) return {};
  const auto id = text.starts_with(prefix_) ? row_id(text.substr(prefix_.size())) : std::nullopt;
  if (!id) return {.of = Claim::Of::other, .text = std::string{text}};
  return {.of = Claim::Of::row, .id = *id};
}

std::optional<std::int64_t> Provenance::row_of(std::string_view value) {
  if (const auto id = row_by_end(value)) return id;
  // Without an escape the claim can only be spelled as it is; most events of an application are not read any further.
  if (value.find(std::string_view{quoted_prefix_}.substr(1)) == std::string_view::npos && value.find('\\') == std::string_view::npos)
    return std::nullopt;
  if (read_object(value, members_)) return std::nullopt;
  const auto claim = claim_of(members_);
  return claim.of == Claim::Of::row ? std::optional{claim.id} : std::nullopt;
}

}  // namespace ctl::transfer
