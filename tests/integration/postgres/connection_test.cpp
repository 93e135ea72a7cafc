#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <thread>

#include "support/frozen.hpp"
#include "support/session.hpp"

using namespace ctl;
using namespace ctl::postgres;
using namespace std::chrono_literals;

namespace {

/// The default address with one part of it replaced.
std::string with(std::string url, const std::string& what, const std::string& by) { return url.replace(url.find(what), what.size(), by); }

}  // namespace

TEST_CASE("a query takes parameters and psql variables, and tells NULL from empty") {
  SessionBench b;
  auto session = b.open();
  session.script("create table \"Odd name\" (a int, b text); insert into \"Odd name\" values (1, null), (2, '')", "t.sql", b.until);
  const auto rows =
      session.query("select a, b from :\"t\" where a >= :'least' order by a", Names{{"t", "Odd name"}, {"least", "1"}}, b.until);
  REQUIRE(rows.size() == 2);
  CHECK(rows.at(0, "b") == std::nullopt);
  CHECK(rows.at(1, "b") == "");
  CHECK(rows.at(1, "a") == "2");
  CHECK(error_of([&] { (void)rows.at(0, "nope"); }).code() == Code::internal);
  CHECK(session.query("delete from \"Odd name\"", b.until).affected() == 2);
  const std::vector<std::optional<std::string>> params{"x'y\\z", std::nullopt};
  CHECK(session.query("select $1::text as v, $2::text as w", params, b.until).at(0, "v") == "x'y\\z");
}

TEST_CASE("read_only is refused by the server, whatever is tried") {
  SessionBench b;
  b.database.run("create table t (a int); insert into t values (1)");
  auto session = b.open(Access::read_only);
  CHECK(b.value(session, "select count(*) as v from t") == "1");
  for (const auto* sql : {"insert into t values (2)", "create table u (a int)", "create schema s", "delete from t", "truncate t"}) {
    const auto e = error_of([&] { session.query(sql, b.until); });
    CHECK(e.sqlstate() == "25006");
    CHECK(e.code() == Code::refused);
  }
  CHECK(b.database.value("select count(*) from t") == "1");
}

TEST_CASE("a frozen server does not hold a call beyond its deadline, and the session is over then") {
  SessionBench b;
  auto session = b.open();
  const Frozen frozen{session.backend_pid()};
  std::optional<Error> error;
  const auto took = SessionBench::took([&] { error = error_of([&] { session.query("select 1", Deadline{500ms, {}}); }); });
  CHECK(took >= 450ms);
  CHECK(took < 1500ms);
  CHECK(error->code() == Code::timeout);
  CHECK(error->text().where.find("(the test)") != std::string::npos);
  CHECK_FALSE(session.usable());
  CHECK(error_of([&] { session.query("select 1", b.until); }).code() == Code::unreachable);
  CHECK(SessionBench::took([&] { auto gone = std::move(session); }) < 500ms);
}

TEST_CASE("a frozen server does not hold a rollback or the end of a session") {
  SessionBench b;
  std::optional<Connection> session{b.open()};
  std::optional<Transaction> open{std::in_place, *session, b.until};
  const Frozen frozen{session->backend_pid()};
  CHECK(SessionBench::took([&] { open.reset(); }) < 1500ms);
  CHECK(SessionBench::took([&] { session.reset(); }) < 500ms);
}

TEST_CASE("a stop ends a query at once, and soon also on the server") {
  SessionBench b;
  auto session = b.open();
  const auto pid = std::to_string(session.backend_pid());
  std::stop_source stop;
  std::jthread interrupt{[&] {
    while (b.database.value("select state from pg_stat_activity where pid = " + pid + " and query like '%pg_sleep%'") != "active") {}
    stop.request_stop();
  }};
  std::optional<Error> error;
  CHECK(SessionBench::took([&] { error = error_of([&] { session.query("select pg_sleep(20)", Deadline{20s, stop.get_token()}); }); }) < 5s);
  CHECK(error->code() == Code::interrupted);
  CHECK(SessionBench::took([&] {
          while (b.database.value("select 1 from pg_stat_activity where pid = " + pid) == "1") {}
        }) < 5s);
}

TEST_CASE("a deadline that is over costs no session") {
  SessionBench b;
  auto session = b.open();
  CHECK(error_of([&] { session.query("select 1", Deadline{-1s, {}}); }).code() == Code::timeout);
  CHECK(b.value(session, "select 1 as v") == "1");
}

TEST_CASE("a session that the server ends is an error, and is never opened again by itself") {
  SessionBench b;
  auto session = b.open();
  b.database.run("select pg_terminate_backend(" + std::to_string(session.backend_pid()) + ")");
  CHECK(error_of([&] {
          for (;;) session.query("select 1", b.until);
        }).code() == Code::unreachable);
  CHECK_FALSE(session.usable());
  CHECK(error_of([&] { session.query("select 1", b.until); }).code() == Code::unreachable);
}

TEST_CASE("a transaction is rolled back unless it was committed, and a failed one cannot be") {
  SessionBench b;
  b.database.run("create table t (a int primary key)");
  auto session = b.open();
  {
    Transaction lost{session, b.until};
    session.query("insert into t values (1)", b.until);
  }
  {
    Transaction failed{session, b.until};
    session.query("insert into t values (2)", b.until);
    CHECK(error_of([&] { session.query("insert into t values (2)", b.until); }).sqlstate() == "23505");
    CHECK_THROWS_AS(failed.commit(b.until), Error);
  }
  {
    Transaction kept{session, b.until};
    CHECK(error_of([&] { Transaction{session, b.until}; }).code() == Code::internal);
    session.query("insert into t values (3)", b.until);
    kept.commit(b.until);
  }
  CHECK(b.database.value("select string_agg(a::text, ',') from t") == "3");
}

TEST_CASE("notices of the server reach the listener") {
  SessionBench b;
  auto session = b.open();
  session.query("do $$ begin raise warning 'mind %', 'this'; end $$", b.until);
  CHECK(b.quiet.notes == std::vector<std::string>{"postgres: mind this"});
}

TEST_CASE("a session speaks ISO and UTC whatever the role prefers, and no limit of the role ends it") {
  SessionBench b;
  const auto role = sandbox::unique("speaks");
  b.database.run("create role " + role + " login; alter role " + role + " set timezone to 'Asia/Tokyo'; alter role " + role +
                 " set datestyle to 'German'; alter role " + role + " set statement_timeout to 1000");
  {
    auto session =
        Connection::open({with(b.database.url(), "admin@", role + "@"), {}, "mykartctl", "o"}, Access::read_write, b.quiet, b.until);
    CHECK(b.value(session, "select '2026-11-22 10:00:00+00'::timestamptz as v") == "2026-11-22 10:00:00+00");
    CHECK(b.value(session, "select current_setting('statement_timeout') || current_setting('application_name') as v") == "0mykartctl");
  }
  b.database.run("drop role " + role);
}

TEST_CASE("what is wrong with a connection is said with its address, its origin and the server's words") {
  SessionBench b;
  const auto open = [&](const std::string& url, const Deadline& until) {
    return error_of([&] { (void)Connection::open({url, {}, "mykartctl", "MYKART_DATABASE"}, Access::read_only, b.quiet, until); });
  };
  SECTION("nobody listens") {
    const auto e = open("postgresql://admin@127.0.0.1:1/mykart", b.until);
    CHECK(e.code() == Code::unreachable);
    CHECK(e.text().cause.find("Connection refused") != std::string::npos);
    CHECK(e.text().where == "127.0.0.1:1/mykart (MYKART_DATABASE)");
  }
  SECTION("no such database") {
    const auto e = open(with(b.database.url(), b.database.name(), "nowhere"), b.until);
    CHECK(e.code() == Code::config);
    CHECK(e.sqlstate() == "3D000");
    CHECK(e.text().cause.find("database \"nowhere\" does not exist") != std::string::npos);
  }
  SECTION("no such role") {
    const auto e = open(with(b.database.url(), "admin@", "nobody_here@"), b.until);
    CHECK(e.code() == Code::denied);
    CHECK(e.sqlstate() == "28000");
  }
  SECTION("no such host") { CHECK(open("postgresql://admin@no-such-host.invalid/mykart", b.until).code() == Code::unreachable); }
  SECTION("an address that is none, with a password in it") {
    for (const auto* url : {"postgresql://u:hush@[::1/db", "postgresql://u:hu/sh@host/db", "nonsense=1"}) {
      const auto e = open(url, b.until);
      CHECK(e.code() == Code::config);
      CHECK((e.text().cause + e.text().what).find("hu") == std::string::npos);
    }
  }
  SECTION("a wrong password, or none") {
    const auto role = sandbox::unique("pw");
    b.database.run("create role " + role + " login password 'right' in role password_required");
    const auto none = open(with(b.database.url(), "admin@", role + "@"), b.until);
    CHECK(none.code() == Code::denied);
    CHECK(none.text().hint.find(".pgpass") != std::string::npos);
    const auto wrong = open(with(b.database.url(), "admin@", role + ":wrong@"), b.until);
    CHECK(wrong.code() == Code::denied);
    CHECK(wrong.sqlstate() == "28P01");
    CHECK(wrong.text().cause.find("password authentication failed") != std::string::npos);
    Target right{with(b.database.url(), "admin@", role + "@"), Secret{"right"}, "mykartctl", ""};
    CHECK(Connection::open(right, Access::read_only, b.quiet, b.until).usable());
    b.database.run("drop role " + role);
  }
}

TEST_CASE("a server that accepts and says nothing does not hold the opening of a session") {
  SessionBench b;
  // A listening socket that nobody serves: the kernel completes the connection, then there is silence.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener, 8) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const Target target{"postgresql://admin@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/mykart", {}, "mykartctl", "o"};

  std::optional<Error> error;
  const auto open = [&](const Deadline& until) {
    error = error_of([&] { (void)Connection::open(target, Access::read_only, b.quiet, until); });
  };
  CHECK(SessionBench::took([&] { open(Deadline{300ms, {}}); }) < 1s);
  CHECK(error->code() == Code::unreachable);
  std::stop_source stop;
  std::jthread interrupt{[&] { std::this_thread::sleep_for(200ms), stop.request_stop(); }};
  CHECK(SessionBench::took([&] { open(Deadline{20s, stop.get_token()}); }) < 1s);
  CHECK(error->code() == Code::interrupted);
  ::close(listener);
}
