#include "transfer/provenance.hpp"

#include "core/text.hpp"
#include "transfer/json_text.hpp"

namespace ctl::transfer {

Provenance::Provenance(const EventTable& table, const TableInfo& info) : decoder_{table, info} {
  before_ = ",";
  append_json_string(before_, table.id_field);
  before_ += ':';
  append_json_string(before_, "pg:" + table.table.name + ":");
  before_.pop_back();
}

std::optional<std::int64_t> Provenance::row_of(std::string_view value) {
  constexpr std::string_view end = "\"}";
  if (value.size() > before_.size() + end.size() && value.substr(value.size() - end.size()) == end) {
    const auto rest = value.substr(0, value.size() - end.size());
    const auto digits = rest.find_last_not_of("-0123456789");
    if (digits != std::string_view::npos && rest.substr(0, digits + 1).size() >= before_.size() &&
        rest.substr(digits + 1 - before_.size(), before_.size()) == before_)
      if (const auto id = parse_integer(rest.substr(digits + 1))) return id;
  }
  return decoder_.decode(value, row_) == Reject::none && row_.from_table ? std::optional{row_.source_id} : std::nullopt;
}

}  // namespace ctl::transfer
