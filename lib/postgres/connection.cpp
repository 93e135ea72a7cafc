#include "postgres/connection.hpp"

#include <libpq-fe.h>

#include "core/error.hpp"
#include "postgres/named.hpp"
#include "postgres/own_sessions.hpp"
#include "postgres/session.hpp"
#include "sql/queries.hpp"

namespace ctl::postgres {

Connection Connection::open(const Target& target, Access access, Listener& notices, const Deadline& until) {
  Connection connection{std::make_unique<Impl>(connect(target, until), target, notices)};
  const auto begun = connection.query(sql::session, Names{{"read_only", access == Access::read_only ? "on" : "off"}}, until);
  remember_own_session(begun.integer(0, "own"));
  return connection;
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Rows Connection::query(std::string_view sql, std::span<const std::optional<std::string>> params, const Deadline& until) {
  return impl_->query(std::string{sql}, params, until);
}
Rows Connection::query(std::string_view sql, const Names& names, const Deadline& until) {
  const auto bound = bind(sql, names);
  return impl_->query(bound.sql, bound.params, until);
}
int Connection::backend_pid() const noexcept { return PQbackendPID(impl_->raw); }
bool Connection::usable() const noexcept { return impl_->usable(); }
const std::string& Connection::address() const noexcept { return impl_->address; }

Transaction::Transaction(Connection& connection, const Deadline& until) : connection_{connection} {
  if (connection.impl_->in_transaction()) throw Error{Code::internal, {.what = "a transaction was begun within a transaction"}};
  connection.query("begin", until);
}
Transaction::~Transaction() {
  if (!open_ || !connection_.usable()) return;  // the server rolls back what a lost session leaves
  if (!attempt([&] { connection_.query("rollback", Deadline{1s, {}}); }))
    connection_.impl_->close("a transaction could not be rolled back");
}
void Transaction::commit(const Deadline& until) {
  // COMMIT of a failed transaction is a ROLLBACK that reports success.
  if (connection_.impl_->transaction_failed())
    throw Error{Code::failed, {.what = "a transaction in which a statement has failed cannot be committed"}};
  connection_.query("commit", until);
  open_ = false;
}

}  // namespace ctl::postgres
