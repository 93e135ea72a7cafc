// What is done on libpq's session directly: several statements by one call, with the position of an error; results one by one.
#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include "core/error.hpp"
#include "core/text.hpp"
#include "postgres/failure.hpp"
#include "postgres/session.hpp"
#include "postgres/sql_text.hpp"

namespace ctl::postgres {
namespace {

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text != nullptr ? text : "";
}

/// Where the server says the error is; for errors of a whole statement ("relation exists already") where that statement begins.
std::string place_of(const PGresult* failed, std::string_view sql, std::size_t statements_done, std::string_view file) {
  const auto character = parse_integer(field(failed, PG_DIAG_STATEMENT_POSITION));
  const auto at = character ? offset_of_character(sql, static_cast<std::size_t>(*character - 1)) : statement_start(sql, statements_done);
  return to_string(position_at(sql, at, file));
}

bool is_copy(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

}  // namespace

void Connection::Impl::send(std::string_view sql, std::string_view doing, const Deadline& until) {
  expect_idle(doing);
  const std::string text{sql};
  push(until, doing, [&] { return PQsendQuery(raw, text.c_str()); });
}

std::string Connection::Impl::last_words() const { return PQerrorMessage(raw); }

RawResult Connection::Impl::next_result(std::string_view doing, const Deadline& until) {
  return RawResult{call(until, doing, [&] { return PQgetResult(raw); })};
}

void Connection::Impl::read(bool wait, std::string_view doing, const Deadline& until) {
  check(until, doing);
  pollfd socket{PQsocket(raw), POLLIN, 0};
  if (wait && ::poll(&socket, 1, until.left_ms()) <= 0 && until.over()) {
    close("its time was over");
    fail(until, doing, "", "");
  }
  if (PQconsumeInput(raw) != 1) fail(until, doing, "", last_words());
}

void Connection::Impl::fail(const Deadline& until, std::string_view doing, const pg_result* failed) {
  fail(until, doing, field(failed, PG_DIAG_SQLSTATE), PQresultErrorMessage(failed));
}

void Connection::script(std::string_view sql, std::string_view file, const Deadline& until) {
  auto& session = *impl_;
  const auto doing = fmt::format("running {}", file);
  session.send(sql, doing, until);
  RawResult failed;
  std::size_t done = 0;
  while (auto result = session.next_result(doing, until)) {
    if (is_copy(result.get())) {
      session.close("a script had begun a COPY");
      throw Error{Code::manifest,
                  {.what = fmt::format("{} holds a COPY with STDIN or STDOUT, which only psql can run", file),
                   .where = to_string(position_at(sql, statement_start(sql, done), file))}};
    }
    if (failed) continue;
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR)
      failed = std::move(result);
    else
      ++done;
  }
  session.pass_on_notices();
  if (!failed) return;
  if (!session.usable()) session.fail(until, doing, failed.get());
  const auto sqlstate = field(failed.get(), PG_DIAG_SQLSTATE);
  throw Error{code_of(sqlstate),
              {.what = fmt::format("{} failed on postgres at {}", doing, session.address),
               .cause = words_of(PQresultErrorMessage(failed.get())),
               .where = place_of(failed.get(), sql, done, file),
               .hint = hint_of(sqlstate),
               .sqlstate = sqlstate}};
}

}  // namespace ctl::postgres
