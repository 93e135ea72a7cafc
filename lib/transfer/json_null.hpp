#pragma once
#include <string_view>
#include <vector>

#include "transfer/from_json.hpp"
#include "transfer/json_reader.hpp"

namespace ctl::transfer {

/// A json or jsonb column can be NULL, or hold JSON's own null; an event has one null for both. So an event whose row holds the latter says
/// so in a member of its own, which lists the members that are meant: `"meta":null,"mykartctl_json_null":["meta"]`. Who does not know it
/// reads null, as JavaScript's drivers give it.
inline constexpr std::string_view json_null_member = "mykartctl_json_null";

[[nodiscard]] bool is_json_null(const std::vector<JsonMember>& members, const Column&);  ///< a column whose member is null

}  // namespace ctl::transfer
