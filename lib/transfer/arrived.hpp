#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kafka/reader.hpp"
#include "transfer/codec.hpp"
#include "transfer/transfer.hpp"

namespace ctl::transfer {

/// An event on its way into the table: the record as it came, the row it becomes, or why it becomes none.
struct Arrived {
  int partition{};
  std::int64_t offset{}, time_ms{};
  std::optional<std::string> key{}, value{};
  std::string headers{};  ///< JSON
  std::vector<std::optional<std::string>> fields{};
  Reject reject{};
  std::string column{}, detail{}, sqlstate{};  ///< of a reject
  std::int64_t id{};                           ///< of the row, once it has one; of a claim, the one that it names
};

/// What one PostgreSQL transaction takes: events that are to be rows or dead letters, and how far each partition was read.
struct Batch {
  std::vector<Arrived> events{};
  std::vector<Arrived> claims{};    ///< events that say that they are rows of the table
  std::map<int, Ledger> ledgers{};  ///< of this batch; next_offset is the new one
  [[nodiscard]] bool empty() const noexcept { return ledgers.empty(); }
};

/// Copies a record with its headers: [{"name": …, "value": "\\x00ff"}], a name that is no text as "name_hex".
[[nodiscard]] Arrived arrived(const kafka::Message&);
[[nodiscard]] std::string hex_bytes(std::string_view);                         ///< as bytea reads and prints it: \x00ff
[[nodiscard]] std::string printable(std::string_view text, std::size_t most);  ///< UTF-8 without control characters, cut between characters

}  // namespace ctl::transfer
