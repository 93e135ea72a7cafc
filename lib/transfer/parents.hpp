#pragma once
#include <string>
#include <vector>

#include "transfer/arrived.hpp"
#include "transfer/id_set.hpp"

namespace ctl::transfer {

/// The foreign keys of the table, asked before a COPY: one event of a product that does not exist would make the server refuse a whole
/// batch. An id that was found is remembered; one that was not is asked again with every batch. Keys of several columns or of other types
/// are left to the server.
class Parents {
 public:
  Parents(const TableInfo&, const std::vector<std::string>& columns);  ///< columns: the names of Arrived::fields
  void check(postgres::Connection&, Batch&, const Deadline&);          ///< marks events whose parent is missing as fk_missing

 private:
  struct Key {
    std::size_t field{};
    std::string column{};
    TableName to{};
    std::string to_column{};
    IdSet known{};
  };
  void learn(postgres::Connection&, Key&, const Batch&, const Deadline&);
  std::vector<Key> keys_{};
};

}  // namespace ctl::transfer
