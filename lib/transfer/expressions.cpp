#include "transfer/expressions.hpp"

#include <fmt/format.h>

#include "postgres/named.hpp"

namespace ctl::transfer {
namespace {

/// A time near the ends of what PostgreSQL knows (4713 BC, 294276), which another zone would move beyond: an error that names no row. No
/// event can be of such a time (time_text.hpp).
std::string beyond_zones(const std::string& name) {
  return fmt::format("{0} < timestamp '4000-01-01 BC' or {0} > timestamp '290000-01-01'", name);
}

}  // namespace

std::string value_expression(const std::string& column, FieldType type, const EventTable& table) {
  const auto name = postgres::quote_identifier(column);
  if (type.array) return name + "::text";
  switch (type.element) {
    case ColumnType::small:
    case ColumnType::integer:
    case ColumnType::big:
    case ColumnType::boolean:
    case ColumnType::text:
    case ColumnType::json:
    case ColumnType::date: return name;
    case ColumnType::instant: return "(" + name + " at time zone 'UTC')";
    case ColumnType::local_time:
      if (zone(table.time_zone).kind != Zone::Kind::rules) return name;
      return fmt::format("case when {0} then timestamp 'infinity' else (({1} at time zone {2}) at time zone 'UTC') end", beyond_zones(name),
                         name, postgres::quote_literal(table.time_zone));
    default: return name + "::text";
  }
}

// Taken with the offset before the change and with the one after it (no clock changes twice within three hours), a time is the same again
// for both, or for neither.
std::string hour_expression(const std::string& column, const EventTable& table) {
  const auto name = postgres::quote_identifier(column), rules = postgres::quote_literal(table.time_zone);
  const auto taken = [&](char back, char forth) {
    return fmt::format("(({0} {1} interval '3 hours') at time zone {2}) {3} interval '3 hours'", name, back, rules, forth);
  };
  const auto before = taken('-', '+'), after = taken('+', '-');
  const auto is_it = [&](const std::string& instant) { return fmt::format("({}) at time zone {} = {}", instant, rules, name); };
  return fmt::format(
      "case when {0} is null or {1} then '' when {2} = {3} then '' when {4} and {5} then 'twice' when {4} or {5} then '' else 'never' end",
      name, beyond_zones(name), before, after, is_it(before), is_it(after));
}

}  // namespace ctl::transfer
