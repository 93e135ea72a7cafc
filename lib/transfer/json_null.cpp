#include "transfer/json_null.hpp"

#include <algorithm>

namespace ctl::transfer {

bool is_json_null(const std::vector<JsonMember>& members, const Column& column) {
  const bool json = column.type.element == ColumnType::json || column.type.element == ColumnType::jsonb;
  if (!json || column.type.array) return false;
  const auto marks = std::find_if(members.rbegin(), members.rend(), [](const JsonMember& m) { return is_named(m, json_null_member); });
  if (marks == members.rend() || marks->value.front() != '[') return false;
  std::vector<std::string_view> elements;
  elements_of(marks->value, elements);
  std::string scratch;
  return std::any_of(elements.begin(), elements.end(),
                     [&](std::string_view element) { return is_string(element) && text_of(element, scratch) == column.member; });
}

}  // namespace ctl::transfer
