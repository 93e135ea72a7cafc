#pragma once
/// Room postgres: sessions, transactions, COPY and what the catalog says. The only room that knows libpqxx and libpq. It knows no Kafka, no
/// plan and no journal.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/deadline.hpp"
#include "core/listener.hpp"
#include "core/secret.hpp"

namespace ctl::postgres {

/// Where to connect. Service files, PG* and .pgpass are read by the client library itself; connect_timeout in conninfo is kept to, without
/// it a connection has 10 s. `origin` says where conninfo came from, for messages.
struct Target {
  std::string conninfo{};
  Secret password{};
  std::string application_name{};
  std::string origin{};
};
enum class Access : unsigned char { read_only, read_write };  // read_only is enforced by the server, not by us

/// Text values of one result; views live as long as the Rows.
class Rows {
 public:
  struct Impl;
  explicit Rows(std::shared_ptr<const Impl>);
  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::uint64_t affected() const noexcept;
  /// nullopt = NULL; a row or a column that is not there throws Error{internal}, here and below.
  [[nodiscard]] std::optional<std::string_view> at(std::size_t row, std::string_view column) const;
  [[nodiscard]] std::string text(std::size_t row, std::string_view column) const;      ///< "" for NULL
  [[nodiscard]] bool flag(std::size_t row, std::string_view column) const;             ///< of a boolean; false for NULL
  [[nodiscard]] std::int64_t integer(std::size_t row, std::string_view column) const;  ///< NULL or another type throws Error{internal}

 private:
  std::shared_ptr<const Impl> impl_;
};

using Names = std::map<std::string, std::optional<std::string>, std::less<>>;  ///< psql variable -> value

class CopyReader;
class CopyWriter;

/// One session. Never reconnects: locks, settings and open transactions die with it, so a lost session is an Error.
/// A watchdog shuts the socket down at the deadline or on a stop, so every call ends even if the server is frozen; the session is then
/// unusable. What the server refuses is an Error with its SQLSTATE and leaves the session as it is.
/// Times are UTC and ISO in every session, and no time limit of the role applies (sql/queries/session.sql).
class Connection {
 public:
  /// Error{unreachable | denied | config | interrupted}, with the address, its origin and the server's words.
  static Connection open(const Target&, Access, Listener& notices, const Deadline&);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();  ///< closes the socket; never blocks on the server

  Rows query(std::string_view sql, std::span<const std::optional<std::string>> params, const Deadline&);
  Rows query(std::string_view sql, const Deadline& until) { return query(sql, std::span<const std::optional<std::string>>{}, until); }
  /// With psql's variables: :"name" becomes a quoted identifier, :'name' a parameter (postgres/named.hpp).
  Rows query(std::string_view sql, const Names& names, const Deadline&);
  /// Several statements by one call, all or nothing (or part of the caller's transaction). Error has the file:line:column of the failing
  /// one.
  void script(std::string_view sql, std::string_view file, const Deadline&);
  CopyReader copy_out(std::string_view query, const Deadline&);  ///< its rows, by COPY; nothing else can be done meanwhile
  CopyWriter copy_in(std::string_view sql, const Deadline&);     ///< `copy … from stdin`
  [[nodiscard]] int backend_pid() const noexcept;
  [[nodiscard]] bool usable() const noexcept;
  [[nodiscard]] const std::string& address() const noexcept;  ///< "localhost:5432/shop"

  struct Impl;  ///< postgres/session.hpp, for this room
 private:
  friend class Transaction;
  explicit Connection(std::unique_ptr<Impl>);
  std::unique_ptr<Impl> impl_;
};

/// Rolls back unless commit() returned. A commit whose answer was lost throws Error{unreachable | timeout | interrupted} and leaves the
/// session unusable: look before you repeat.
class Transaction {
 public:
  Transaction(Connection&, const Deadline&);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit(const Deadline&);

 private:
  Connection& connection_;
  bool open_{true};
};

}  // namespace ctl::postgres
