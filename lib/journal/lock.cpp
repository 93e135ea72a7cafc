#include "journal/lock.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "journal/columns.hpp"
#include "journal/journal.hpp"
#include "sql/queries.hpp"

namespace ctl {
namespace {

/// "10:02 UTC", with the day if that is another one.
std::string since(Millis at) {
  const auto text = format_instant(at), today = format_instant(now()).substr(0, 10);
  const auto day = text.substr(0, 10), time = text.substr(11, 5);
  return (day == today ? "" : day + " ") + time + " UTC";
}

[[noreturn]] void busy(const std::optional<Lock::Holder>& holder, const std::string& context, const std::string& where) {
  if (!holder)
    throw Error{Code::busy,
                {.what = fmt::format("the lock of context {} was taken and has just been given back", context),
                 .where = where,
                 .hint = "run the command again"}};
  const auto who = holder->host.empty() ? holder->who : holder->who + "@" + holder->host;
  const auto pid = holder->pid == 0 ? "" : fmt::format(" (pid {})", holder->pid);
  throw Error{Code::busy,
              {.what = fmt::format("{}{} runs {} since {}", who, pid, holder->command, since(holder->since)),
               .where = where,
               .hint = fmt::format("mykartctl status, or SELECT pg_terminate_backend({})", holder->backend)}};
}

}  // namespace

Lock Lock::take(const postgres::Target& target, const std::string& context, const Holder& who, Listener& listener, const Deadline& until) {
  auto connection = postgres::Connection::open(target, postgres::Access::read_write, listener, until);
  const Journal journal{connection, until};  // with the table of holders
  const postgres::Names of_context{{"context", context}};
  if (!connection.query(sql::lock_take, of_context, until).flag(0, "taken"))
    busy(lock_holder(connection, context, until), context, connection.address());
  const postgres::Names holder{
      {"context", context}, {"who", who.who}, {"host", who.host}, {"command", who.command}, {"pid", std::to_string(who.pid)}};
  connection.query(sql::lock_mark, holder, until);
  return Lock{std::move(connection)};
}

void Lock::check(const Deadline& until) {
  const auto alive = attempt([&] { connection_.query("select 1", until); });
  if (!alive)
    throw Error{Code::busy,
                {.what = "the lock that lets only one command write was lost with its session",
                 .cause = alive.error().text().cause,
                 .where = connection_.address(),
                 .hint = "run the same command again: it looks and goes on"}};
}

std::optional<Lock::Holder> lock_holder(postgres::Connection& connection, const std::string& context, const Deadline& until) {
  if (!Journal::exists(connection, until)) return std::nullopt;
  const auto r = connection.query(sql::lock_holder, postgres::Names{{"context", context}}, until);
  if (r.size() == 0) return std::nullopt;
  return Lock::Holder{.who = r.text(0, "who"),
                      .host = r.text(0, "host"),
                      .command = r.text(0, "command"),
                      .address = r.text(0, "address"),
                      .pid = static_cast<int>(r.integer(0, "pid")),
                      .backend = static_cast<int>(r.integer(0, "backend")),
                      .since = instant(r, 0, "since_ms")};
}

}  // namespace ctl
