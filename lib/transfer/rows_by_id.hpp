#pragma once
#include <functional>
#include <string>
#include <vector>

#include "transfer/codec.hpp"

namespace ctl::transfer {

/// Rows of a table as events, by their ids, again and again in one session: what the catalog says is read once, and that it still says so
/// is asked each time.
class RowsById {
 public:
  RowsById(postgres::Connection&, const EventTable&, const TableInfo&, const Deadline&);  ///< keeps the references

  /// Those of the rows that are there, in order of the id; views of the event end with the call. `ids` ascend. Error{busy} when the table
  /// was altered since.
  void read(const std::vector<std::int64_t>& ids, const std::function<void(const Encoder::Event&, Reject)>& take, const Deadline&);

 private:
  [[nodiscard]] std::string shape(const Deadline&);

  postgres::Connection& session_;
  const EventTable& table_;
  Encoder encoder_;
  std::string shape_;
};

}  // namespace ctl::transfer
