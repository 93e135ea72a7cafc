#include <libpq-fe.h>
#include <poll.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/failure.hpp"
#include "postgres/session.hpp"

namespace ctl::postgres {
namespace {

using Options = std::map<std::string, std::string>;
constexpr auto default_connect_timeout = 10s;  // libpq's own default is for ever

[[noreturn]] void invalid(const Target& target, std::string cause) {
  throw Error{Code::config,
              {.what = "the address of the database is not valid",
               .cause = std::move(cause),
               .where = target.origin,
               .hint = "postgresql://user@host:port/database; in a password write / @ : as %2F %40 %3A"}};
}

Options parse(const Target& target) {
  char* complaint = nullptr;
  const Handle<PQconninfoOption, PQconninfoFree> parsed{PQconninfoParse(target.conninfo.c_str(), &complaint)};
  const Handle<char, PQfreemem> owned{complaint};
  if (!parsed) {
    auto cause = words_of(complaint != nullptr ? complaint : "out of memory");
    if (const auto whole = cause.find(target.conninfo); whole != std::string::npos)  // with the password in it
      cause.replace(whole, target.conninfo.size(), "…");
    invalid(target, cause);
  }
  Options options;
  for (const auto* o = parsed.get(); o->keyword != nullptr; ++o)
    if (o->val != nullptr) options[o->keyword] = o->val;
  // libpq would print what it took for the port, which is a piece of the password when that has a slash.
  if (const auto port = options.find("port"); port != options.end() && port->second.find_first_not_of("0123456789,") != std::string::npos)
    invalid(target, "what stands in the place of the port is not a number");
  return options;
}

/// The operator's string, complete but for what libpq adds by itself (service file, PG*, ~/.pgpass).
Options options_of(const Target& target) {
  auto options = parse(target);
  if (!target.password.empty()) options["password"] = target.password.reveal();
  if (!target.application_name.empty()) options["application_name"] = target.application_name;
  options["client_encoding"] = "UTF8";
  // A network that swallows packets is noticed within a minute; `insert` keeps what the operator has said.
  for (const auto& [key, value] : {std::pair{"keepalives", "1"},
                                   {"keepalives_idle", "20"},
                                   {"keepalives_interval", "10"},
                                   {"keepalives_count", "4"},
                                   {"tcp_user_timeout", "60000"}})
    options.insert({key, value});
  return options;
}

RawSession start(const Options& options) {
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : options) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  RawSession session{PQconnectStartParams(keys.data(), values.data(), 0)};
  if (!session) throw Error{Code::failed, {.what = "no memory is left for a connection"}};
  PQsetErrorVerbosity(session.get(), PQERRORS_VERBOSE);  // the only way to learn the SQLSTATE of a refused start
  return session;
}

/// "…FATAL:  28P01: password authentication failed…" -> 28P01, and takes it out of the message. "" if there is none.
std::string take_sqlstate(std::string& message) {
  for (auto at = message.find(":  "); at != std::string::npos; at = message.find(":  ", at + 1)) {
    const auto code = message.substr(at + 3, 5);
    if (code.size() < 5 || message.compare(at + 8, 2, ": ") != 0) continue;
    bool fits = true;
    for (const char c : code) fits = fits && ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    if (!fits) continue;
    message.erase(at + 3, 7);
    return code;
  }
  return "";
}

std::string where(const pg_conn* session, const Target& target) {
  return address_of(session) + (target.origin.empty() ? "" : " (" + target.origin + ")");
}

[[noreturn]] void refuse(const pg_conn* session, const Target& target) {
  std::string message = PQerrorMessage(session);
  const auto sqlstate = take_sqlstate(message);
  const bool needs_password = PQconnectionNeedsPassword(session) != 0;
  auto code = needs_password ? Code::denied : sqlstate.empty() ? Code::unreachable : code_of(sqlstate);
  if (code == Code::failed) code = Code::unreachable;
  auto hint = hint_of(needs_password ? "28P01" : sqlstate);
  if (hint.empty() && sqlstate.empty()) hint = "check host and port, and that the server runs (pg_isready)";
  const auto* verb = code == Code::denied ? "postgres refused the login" : "cannot connect to postgres";
  throw Error{code,
              {.what = verb + std::string{" at "} + address_of(session),
               .cause = words_of(message),
               .where = where(session, target),
               .hint = hint,
               .sqlstate = sqlstate}};
}

void wait(const pg_conn* session, PostgresPollingStatusType what, const Target& target, const Deadline& outer, const Deadline& until) {
  pollfd socket{PQsocket(session), static_cast<short>(what == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
  while (::poll(&socket, 1, until.left_ms()) <= 0) {
    if (!until.over()) continue;
    static_cast<void>(attempt([&] { outer.check("connecting to postgres at " + address_of(session)); }));  // lets an interruption through
    throw Error{Code::unreachable,
                {.what = "postgres at " + address_of(session) + " does not answer",
                 .cause = "the connection was not made in time",
                 .where = where(session, target),
                 .hint = "check host, port and firewall, and that the server is not stopped"}};
  }
}

}  // namespace

std::string address_of(const pg_conn* session) {
  const auto text = [](const char* value) { return std::string{value != nullptr ? value : ""}; };
  return text(PQhost(session)) + ":" + text(PQport(session)) + "/" + text(PQdb(session));
}

RawSession connect(const Target& target, const Deadline& outer) {
  const auto options = options_of(target);
  const auto limit = options.find("connect_timeout");
  const auto seconds = limit == options.end() ? std::nullopt : parse_integer(limit->second);
  const auto until = outer.within(seconds && *seconds > 0 ? std::chrono::seconds{*seconds} : std::chrono::seconds{default_connect_timeout});
  auto session = start(options);
  for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK; next = PQconnectPoll(session.get())) {
    if (next == PGRES_POLLING_FAILED || PQstatus(session.get()) == CONNECTION_BAD) refuse(session.get(), target);
    wait(session.get(), next, target, outer, until);
  }
  PQsetErrorVerbosity(session.get(), PQERRORS_DEFAULT);
  return session;
}

}  // namespace ctl::postgres
