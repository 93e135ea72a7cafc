#pragma once
#include <span>
#include <string>
#include <vector>

#include "transfer/arrived.hpp"

namespace ctl::transfer {

/// Puts events into the table as rows, inside the caller's transaction, and finds the ones that it does not take as they are.
class RowLoader {
 public:
  /// `columns` are the names of Arrived::fields. Error{refused} when the table has a column that may not be NULL, has no default and is
  /// none of them: no event could be a row. Keeps the references.
  RowLoader(postgres::Connection&, const EventTable&, const TableInfo&, std::vector<std::string> columns, const Deadline&);

  /// Rows that the server refuses, or that a trigger swallows or changes, get a reject; all others are in the table then. False: an id that
  /// the sequence gave is taken, and nothing more is to be done in this transaction. Throws what is no row's fault.
  [[nodiscard]] bool load(std::span<Arrived*> rows, const Deadline&);

 private:
  enum class Outcome : unsigned char { loaded, taken_id };
  Outcome load_part(std::span<Arrived*> rows, const Deadline&);
  [[nodiscard]] std::optional<Error> try_copy(std::span<Arrived*> rows, const Deadline&);
  [[nodiscard]] std::vector<Arrived*> altered_by_triggers(std::span<Arrived*> rows, const Deadline&);
  [[nodiscard]] bool has_taken_id(std::span<Arrived*> rows, const Deadline&);
  void copy_to(const std::string& table, std::span<Arrived*> rows, const Deadline&);

  postgres::Connection& session_;
  const EventTable& table_;
  std::vector<std::string> columns_;
  std::string column_list_, triggers_{};  ///< names of those that may alter a row; "": there are none
  bool blamed_{};                         ///< the table takes a COPY of no rows, so that what it refuses is a row's fault
};

}  // namespace ctl::transfer
