#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/event_table.hpp"
#include "postgres/connection.hpp"

/// What of a table decides whether events can become rows of it again; known without an event, and so before anything is moved.
namespace ctl::transfer {

/// Columns that may not be NULL, have no default, and get no value from any event: with one of them no event can be a row.
[[nodiscard]] std::vector<std::string> columns_without_value(const EventTable&, const TableInfo&);

/// Fields whose column the server computes: what an event says of it is not written.
[[nodiscard]] std::vector<std::string> generated_fields(const EventTable&, const TableInfo&);

/// Something that runs when a row is inserted.
struct InsertHook {
  std::string name{};
  bool trigger{};             ///< else a rule, which a replay goes past (it uses COPY)
  bool before{}, each_row{};  ///< of a trigger
};
[[nodiscard]] std::vector<InsertHook> insert_hooks(postgres::Connection&, const TableName&, const Deadline&);

/// What the table's sequence can still give.
struct IdRoom {
  std::int64_t highest{};  ///< id in the table; 0 if it is empty
  std::int64_t last{};     ///< that the sequence gave
  std::int64_t most{};     ///< that the sequence, and the type of the column, can have
  std::int64_t step{};
  [[nodiscard]] bool lags() const noexcept { return step > 0 && highest > last; }
  [[nodiscard]] std::int64_t left() const noexcept;  ///< new ids; of a descending sequence the largest number
};
[[nodiscard]] IdRoom id_room(postgres::Connection&, const EventTable&, const Sequence&, const Deadline&);

}  // namespace ctl::transfer
