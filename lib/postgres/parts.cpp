#include "postgres/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "postgres/named.hpp"
#include "sql/queries.hpp"

namespace ctl::postgres {
namespace {

/// The text of the fence's function, as the catalog keeps it.
std::string fence_body() {
  constexpr std::string_view quote = "$$";
  const auto begin = sql::fence_function.find(quote) + quote.size();
  return std::string{sql::fence_function.substr(begin, sql::fence_function.rfind(quote) - begin)};
}

Part::Link link_of(std::string_view word) {
  if (word == "root") return Part::Link::root;
  if (word == "partition") return Part::Link::partition;
  return word == "child" ? Part::Link::child : Part::Link::apart;
}

Names names_of(const TableName& table, const TableName& of) {
  return {{"schema", table.schema}, {"table", table.name}, {"of", to_string(of)}};
}

void run_each(Connection& connection, const Rows& statements, const Deadline& until) {
  for (std::size_t i = 0; i < statements.size(); ++i) connection.query(statements.text(i, "statement"), until);
}

}  // namespace

std::vector<Part> parts(Connection& connection, const TableName& table, const TableName& of, const std::string& id, const Deadline& until) {
  auto names = names_of(table, of);
  names["body"] = fence_body();
  names["id"] = id;
  const auto rows = connection.query(sql::table_parts, names, until);
  std::vector<Part> found;
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.push_back({.oid = rows.text(i, "oid"),
                     .table = {rows.text(i, "schema"), rows.text(i, "name")},
                     .link = link_of(rows.text(i, "link")),
                     .elsewhere = rows.flag(i, "elsewhere"),
                     .may_alter = rows.flag(i, "may_alter"),
                     .statements_held = rows.flag(i, "statements_held"),
                     .rows_held = rows.flag(i, "rows_held"),
                     .any_fence = rows.flag(i, "any_fence"),
                     .belongs_to = rows.text(i, "belongs_to"),
                     .id_sequence = rows.text(i, "sequence"),
                     .function_intact = rows.flag(i, "function_intact")});
  return found;
}

std::string fence_hole(const std::vector<Part>& parts) {
  if (parts.empty()) return "there is no such table";
  if (!any_fence(parts)) return "no part has a fence";
  if (!parts.front().function_intact) return "mykartctl.fence() is not the tool's function any more";
  for (const auto& part : parts) {
    if (part.link == Part::Link::apart || (part.statements_held && part.rows_held)) continue;
    const auto* which = !part.statements_held && !part.rows_held ? "no trigger"
                        : part.rows_held                         ? "no trigger for statements"
                                                                 : "no trigger for each row";
    return fmt::format("{} has {} of the fence that always fires", to_string(part.table), which);
  }
  return {};
}

bool any_fence(const std::vector<Part>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.any_fence; });
}

std::optional<Disorder> disorder(const std::vector<Part>& parts) {
  if (parts.empty()) return std::nullopt;
  const auto& root = parts.front();
  const auto name = to_string(root.table);
  if (!root.belongs_to.empty())
    return Disorder{fmt::format("{} is a {}, whose writers write to it without naming it", name, root.belongs_to),
                    "declare the table that it belongs to, or take it out of there"};
  for (const auto& part : parts) {
    const auto part_name = to_string(part.table);
    if (part.link == Part::Link::child)
      return Disorder{
          fmt::format("{} is inherited by {}: an id may be in both, so that rows cannot be told from each other", name, part_name),
          fmt::format("alter table {} no inherit {}, or make {} a partitioned table", quote_identifier(part.table),
                      quote_identifier(root.table), name)};
    if (part.elsewhere)
      return Disorder{fmt::format("{} is a foreign table: who writes to it on its own server is neither seen nor held", part_name),
                      "detach it, or take its rows into a partition of this database"};
    if (part.link == Part::Link::partition && !part.id_sequence.empty() && part.id_sequence != root.id_sequence)
      return Disorder{fmt::format("{} takes its ids from {}, not from the sequence of {}", part_name, part.id_sequence, name),
                      fmt::format("let the id of {} have the default of {}", part_name, name)};
  }
  return std::nullopt;
}

void put_fence(Connection& connection, const TableName& table, const TableName& of, const Deadline& until) {
  take_fence(connection, table, of, until);
  if (const auto found = parts(connection, table, of, "", until); !found.empty() && !found.front().function_intact) {
    connection.query(sql::fence_function, until);
    connection.query(sql::fence_owner, until);
  }
  run_each(connection, connection.query(sql::fence_statements, names_of(table, of), until), until);
}

void take_fence(Connection& connection, const TableName& table, const TableName& of, const Deadline& until) {
  run_each(connection, connection.query(sql::unfence_statements, names_of(table, of), until), until);
}

}  // namespace ctl::postgres
