#include "transfer/expressions.hpp"

#include <fmt/format.h>

#include "postgres/named.hpp"

namespace ctl::transfer {

std::string value_expression(const std::string& column, FieldType type, const EventTable& table) {
  const auto name = postgres::quote_identifier(column);
  if (type.array) return name + "::text";
  switch (type.element) {
    case ColumnType::small:
    case ColumnType::integer:
    case ColumnType::big:
    case ColumnType::boolean:
    case ColumnType::text:
    case ColumnType::json: return name;
    case ColumnType::date: return name + "::timestamp";
    case ColumnType::instant: return "(" + name + " at time zone 'UTC')";
    case ColumnType::local_time:
      if (zone(table.time_zone).kind != Zone::Kind::rules) return name;
      return "((" + name + " at time zone " + postgres::quote_literal(table.time_zone) + ") at time zone 'UTC')";
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
  return fmt::format("case when {0} is null or {1} = {2} then '' when {3} and {4} then 'twice' when {3} or {4} then '' else 'never' end",
                     name, before, after, is_it(before), is_it(after));
}

}  // namespace ctl::transfer
