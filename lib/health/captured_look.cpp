// What PostgreSQL has for a connector.
#include "health/connectors.hpp"
#include "model/include_list.hpp"
#include "postgres/catalog.hpp"
#include "sql/queries.hpp"

namespace ctl::health {
namespace {

/// The parameter of sql::cdc_tables.
std::string tables_asked_for(const ConnectorSpec& spec) {
  Value all{Value::List{}};
  for (const auto& entry : include_entries(spec.get("table.include.list"))) {
    const auto included = included_table(entry);
    const auto table = included ? included->table : table_name(entry);
    Value one;
    one.set("schema", table.schema).set("name", table.name);
    one.set("like", included ? Value{included->like} : Value{}).set("exact", included && included->exact_case);
    all.push(std::move(one));
  }
  return to_json(all);
}

/// A JSON array of names; NULL is none.
std::vector<std::string> names_in(const postgres::Rows& rows, std::size_t row, std::string_view column) {
  std::vector<std::string> names;
  const auto json = rows.at(row, column);
  if (!json) return names;
  const auto list = parse_json(*json, std::string{column});
  for (const auto& name : *list.list()) names.push_back(*name.text());
  return names;
}

/// A JSON array of [schema, name]; NULL is none.
std::vector<TableName> tables_in(const postgres::Rows& rows, std::size_t row, std::string_view column) {
  std::vector<TableName> tables;
  const auto json = rows.at(row, column);
  if (!json) return tables;
  const auto list = parse_json(*json, std::string{column});
  for (const auto& pair : *list.list()) tables.push_back({*pair.list()->at(0).text(), *pair.list()->at(1).text()});
  return tables;
}

char letter(const postgres::Rows& rows, std::size_t row, std::string_view column, char otherwise) {
  const auto text = rows.at(row, column);
  return text && !text->empty() ? text->front() : otherwise;
}

plan::CapturedTable captured_table(const postgres::Rows& rows, std::size_t row) {
  const auto filter = rows.at(row, "row_filter");
  return {.table = {rows.text(row, "schema"), rows.text(row, "name")},
          .exists = rows.flag(row, "exists"),
          .may_use_schema = rows.flag(row, "may_use_schema"),
          .may_select = rows.flag(row, "may_select"),
          .key = split(rows.text(row, "key"), ','),
          .replica_identity = letter(rows, row, "replica_identity", 'd'),
          .kind = letter(rows, row, "kind", 'r'),
          .persistence = letter(rows, row, "persistence", 'p'),
          .may_publish = rows.flag(row, "may_publish"),
          .hides_rows = rows.flag(row, "hides_rows"),
          .row_filter = filter ? std::optional{std::string{*filter}} : std::nullopt,
          .left_out = names_in(rows, row, "left_out"),
          .ancestors = tables_in(rows, row, "ancestors"),
          .leaves_without_changes = tables_in(rows, row, "leaves_without_changes"),
          .leaves_without_identity = tables_in(rows, row, "leaves_without_identity"),
          .children = tables_in(rows, row, "children"),
          .siblings = tables_in(rows, row, "siblings"),
          .identity_is_void = rows.flag(row, "identity_is_void")};
}

}  // namespace

plan::SeenDatabase look_at_cdc(postgres::Connection& database, const ConnectorSpec& spec, const Deadline& until) {
  const auto role = spec.get("database.user");
  const auto publication = spec.get("publication.name", "dbz_publication");
  const auto here = database.query(sql::cdc_database, postgres::Names{{"role", role}}, until);
  plan::SeenDatabase seen{.name = here.text(0, "name"),
                          .role = postgres::role(database, role, until),
                          .may_connect = here.flag(0, "may_connect"),
                          .may_create = here.flag(0, "may_create")};
  const postgres::Names names{{"tables", tables_asked_for(spec)}, {"role", role}, {"publication", publication}};
  const auto rows = database.query(sql::cdc_tables, names, until);
  for (std::size_t row = 0; row < rows.size(); ++row) seen.tables.push_back(captured_table(rows, row));
  seen.publication = postgres::publication(database, publication, until);
  if (const auto slot = spec.get("slot.name"); !slot.empty()) seen.slot = postgres::slot(database, slot, until);
  return seen;
}

std::vector<std::int64_t> readers(postgres::Connection& database, const std::string& role, const Deadline& until) {
  const auto rows = database.query(sql::cdc_readers, postgres::Names{{"role", role}}, until);
  std::vector<std::int64_t> pids;
  for (std::size_t row = 0; row < rows.size(); ++row) pids.push_back(rows.integer(row, "pid"));
  return pids;
}

}  // namespace ctl::health
