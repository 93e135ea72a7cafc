#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "value/value.hpp"

namespace ctl {

/// schema.name, as the catalog has them. Ordered, so that plans and digests do not flicker.
struct TableName {
  std::string schema{}, name{};
  auto operator<=>(const TableName&) const = default;
};
[[nodiscard]] std::string to_string(const TableName&);  ///< "public.clicks"; in quotes what a dot, comma or quote in it would confuse
/// The other way; without a schema: public. Letters keep their case with and without quotes.
[[nodiscard]] TableName table_name(std::string_view qualified);
[[nodiscard]] std::vector<TableName> table_names(std::string_view list);  ///< of to_string's texts with commas in between

/// One member of the event's JSON object, in the order of the producer of the application.
struct Field {
  std::string name{};    ///< in the JSON
  std::string column{};  ///< in the table; "": the table has none, the field is null in events that come from it and dropped in rows
  Position at{};
};

/// An event table and the topic it becomes, as topics.yaml declares it.
struct EventTable {
  TableName table{};
  std::string topic{};
  std::string id_column{}, time_column{};
  std::string time_zone{};     ///< of the columns without a zone; IANA name or UTC
  int time_digits{3};          ///< 3 (as JavaScript's toISOString) or 6
  std::string key_template{};  ///< "product-{product_id}"; {column} takes the JSON form of the value
  std::vector<Field> fields{};
  enum class Extra : unsigned char { drop, jsonb } extra_fields{};  ///< what rollback does with members that no column takes
  std::string id_field{"event_id"};  ///< "pg:<table>:<id>" in events that come from the table: their provenance
  Position at{};
  std::string declared_schema{};  ///< of a table that stands elsewhere now (retired); "": it stands where it was declared
};
/// Under which name the journal's tables keep what they know of it: as it is declared, with its schema, wherever its rows are.
[[nodiscard]] std::string journal_name(const EventTable&);

/// What the database says about a table.
struct ColumnInfo {
  std::string name{}, type{};   ///< type as format_type without modifier: "integer", "character varying", "timestamp without time zone"
  std::optional<int> length{};  ///< of character varying(n)
  bool nullable{};
  std::string default_expression{};
  std::optional<int> precision{}, scale{};  ///< of numeric(p, s)
  bool generated{};                         ///< the server computes it of other columns, and takes no value for it
};
struct ForeignKey {
  std::string name{};
  std::vector<std::string> columns{};
  TableName to{};
  std::vector<std::string> to_columns{};
};
struct Sequence {
  std::string name{};  ///< qualified and quoted as SQL takes it
  std::int64_t last{}, cache{1}, step{1};
  bool cycles{};
  std::int64_t most{};
};
/// What keeps its ids from ascending in the order in which they are taken, so that a row could arrive below what was copied, and the
/// statement that mends it.
struct Disorder {
  std::string why{}, remedy{};
};
[[nodiscard]] std::optional<Disorder> disorder(const Sequence&);
struct Dependent {
  std::string kind{}, name{}, owner{};  ///< "view", "public.product_analytics", "admin"
};
struct TableInfo {
  TableName table{};
  std::vector<ColumnInfo> columns{};  ///< in the table's order, dropped ones left out
  std::vector<std::string> primary_key{};
  std::vector<ForeignKey> foreign_keys{};
  std::optional<Sequence> sequence{};   ///< of the primary key's column
  std::vector<Dependent> dependents{};  ///< views, materialized views, functions' rules and foreign keys of other tables that point here
  std::vector<std::string> triggers{};
  std::string owner{};
  char replica_identity{'d'};
  std::uint64_t rows_estimate{}, bytes{};
  std::int64_t updates{}, deletes{};  ///< counted by the statistics collector since its last reset
};

}  // namespace ctl
