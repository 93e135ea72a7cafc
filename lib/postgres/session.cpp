#include "postgres/session.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>

#include <pqxx/pqxx>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/failure.hpp"

namespace ctl::postgres {
namespace {

/// Gives libpqxx the session that `connect` has made, once. A second request, which would be a silent reconnect, finds nothing.
class Adopted final : public pqxx::connectionpolicy {
 public:
  explicit Adopted(RawSession made) : connectionpolicy{""}, made_{std::move(made)} {}
  handle do_startconnect(handle now) override { return now != nullptr ? now : made_.release(); }
  handle do_completeconnect(handle now) override {
    if (now == nullptr) throw pqxx::broken_connection{"the session is over"};
    return now;
  }
  bool is_ready(handle now) const noexcept override { return now != nullptr; }

 private:
  RawSession made_;
};

class Session final : public pqxx::connection_base {
 public:
  explicit Session(RawSession made) : connection_base{policy_}, policy_{std::move(made)} { init(); }
  ~Session() { close(); }

 private:
  Adopted policy_;
};

class NoticeHandler final : public pqxx::errorhandler {
 public:
  NoticeHandler(pqxx::connection_base& session, std::vector<std::string>& to) : errorhandler{session}, to_{to} {}
  bool operator()(const char message[]) noexcept override {
    to_.emplace_back(message);
    return false;
  }

 private:
  std::vector<std::string>& to_;
};

}  // namespace

class Client {
 public:
  Client(RawSession made, std::vector<std::string>& notices) : session{std::move(made)}, handler{session, notices}, work{session} {}

  Session session;
  NoticeHandler handler;
  pqxx::nontransaction work;  ///< transactions are begun and ended by our own statements
};

struct Rows::Impl {
  pqxx::result result;
};

Connection::Impl::Impl(RawSession made, const Target& target, Listener& to)
    : address{address_of(made.get())},
      origin{target.origin},
      listener{to},
      raw{made.get()},
      client{std::make_unique<Client>(std::move(made), notices)},
      watchdog{std::make_unique<Watchdog>(PQsocket(raw))} {}

Connection::Impl::~Impl() {
  if (usable() && PQtransactionStatus(raw) == PQTRANS_ACTIVE) close("");  // else libpq would try to say goodbye over a full socket
}

void Connection::Impl::close(std::string why) noexcept {
  if (over.empty()) over = std::move(why);
  ::shutdown(PQsocket(raw), SHUT_RDWR);
}

bool Connection::Impl::usable() const noexcept { return over.empty() && PQstatus(raw) == CONNECTION_OK; }
bool Connection::Impl::in_transaction() const noexcept { return PQtransactionStatus(raw) != PQTRANS_IDLE; }
bool Connection::Impl::transaction_failed() const noexcept { return PQtransactionStatus(raw) == PQTRANS_INERROR; }

void Connection::Impl::check(const Deadline& until, std::string_view doing) {
  if (over.empty() && !usable()) fail(until, doing, "", last_words());
  if (!over.empty())
    throw Error{Code::unreachable,
                {.what = fmt::format("{}: the session with postgres is over", doing),
                 .cause = over,
                 .where = where(),
                 .hint = "run the command again"}};
  until.check(doing);
}

void Connection::Impl::expect_idle(std::string_view doing) const {
  if (copying) throw Error{Code::internal, {.what = fmt::format("{} was begun while a COPY is in progress in the same session", doing)}};
}

void Connection::Impl::pass_on_notices() {
  for (const auto& text : std::exchange(notices, {}))
    listener.note(text.rfind("WARNING", 0) == 0 ? Listener::Level::warn : Listener::Level::info, "postgres: " + words_of(text));
}

Rows Connection::Impl::query(const std::string& sql, std::span<const std::optional<std::string>> params, const Deadline& until) {
  constexpr std::string_view doing = "running a query";
  expect_idle(doing);
  std::vector<const char*> values;
  for (const auto& p : params) {
    if (p && p->find('\0') != std::string::npos)
      throw Error{Code::failed, {.what = "PostgreSQL cannot take a text with a zero byte in it"}};
    values.push_back(p ? p->c_str() : nullptr);
  }
  try {
    auto result = call(until, doing, [&] {
      return values.empty() ? client->work.exec(sql) : client->work.exec_params(sql, pqxx::prepare::make_dynamic_params(values));
    });
    pass_on_notices();
    return Rows{std::make_shared<const Rows::Impl>(Rows::Impl{std::move(result)})};
  } catch (const pqxx::sql_error& e) { fail(until, doing, e.sqlstate(), e.what()); } catch (const pqxx::failure& e) {
    fail(until, doing, "", e.what());
  } catch (const pqxx::usage_error& e) { throw Error{Code::internal, {.what = "a query was not sent", .cause = e.what()}}; }
}

std::string Connection::Impl::where() const { return address + (origin.empty() ? "" : " (" + origin + ")"); }

void Connection::Impl::fail(const Deadline& until, std::string_view doing, std::string_view sqlstate, std::string_view message) {
  pass_on_notices();
  auto words = words_of(message);
  if (!over.empty()) {  // by the watchdog: the words are only about the socket that it shut
    const auto ended = attempt([&] { until.check(doing); });
    const auto code = ended ? Code::unreachable : ended.error().code();
    throw Error{code,
                {.what = fmt::format("{} got no answer from postgres at {} in time", doing, address), .cause = over, .where = where()}};
  }
  auto code = code_of(sqlstate);
  if (PQstatus(raw) != CONNECTION_OK) {
    code = Code::unreachable;
    close("the server ended it: " + words);
  }
  const auto* how = code == Code::unreachable ? "{} failed: the session with postgres at {} ended" : "{} failed on postgres at {}";
  throw Error{code,
              {.what = fmt::format(fmt::runtime(how), doing, address),
               .cause = std::move(words),
               .where = where(),
               .hint = hint_of(sqlstate),
               .sqlstate = std::string{sqlstate}}};
}

Rows::Rows(std::shared_ptr<const Impl> impl) : impl_{std::move(impl)} {}
std::size_t Rows::size() const noexcept { return static_cast<std::size_t>(impl_->result.size()); }
std::uint64_t Rows::affected() const noexcept { return static_cast<std::uint64_t>(impl_->result.affected_rows()); }
std::optional<std::string_view> Rows::at(std::size_t row, std::string_view column) const {
  try {
    const auto field = impl_->result.at(static_cast<pqxx::result::size_type>(row)).at(std::string{column});
    if (field.is_null()) return std::nullopt;
    return std::string_view{field.c_str(), field.size()};
  } catch (const std::exception& e) {
    throw Error{Code::internal, {.what = fmt::format("a query gave no column '{}' in row {}", column, row), .cause = e.what()}};
  }
}

std::string Rows::text(std::size_t row, std::string_view column) const { return std::string{at(row, column).value_or("")}; }
bool Rows::flag(std::size_t row, std::string_view column) const { return at(row, column) == "t"; }
std::int64_t Rows::integer(std::size_t row, std::string_view column) const {
  const auto value = at(row, column);
  const auto number = value ? parse_integer(*value) : std::nullopt;
  if (!number)
    throw Error{
        Code::internal,
        {.what = fmt::format("the column '{}' of a query holds {} where a whole number was expected", column, value.value_or("NULL"))}};
  return *number;
}

}  // namespace ctl::postgres
