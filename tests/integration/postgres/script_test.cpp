#include <catch2/catch.hpp>

#include "support/session.hpp"

using namespace ctl;
using namespace ctl::postgres;

TEST_CASE("a script that fails says file, line and column, and leaves nothing behind") {
  SessionBench b;
  auto session = b.open();
  const auto failing = [&](const std::string& sql) { return error_of([&] { session.script(sql, "0001_x.deploy.sql", b.until); }); };

  SECTION("a name that does not exist") {
    const auto e = failing("-- phase: expand\ncreate table a (x int);\n\ninsert into a\n  select ü, nope from a;\n");
    CHECK(e.text().where == "0001_x.deploy.sql:5:10");
    CHECK(e.sqlstate() == "42703");
    CHECK(e.text().cause.find("column \"ü\" does not exist") != std::string::npos);
  }
  SECTION("a statement that is wrong as a whole: the server gives no position") {
    const auto e = failing("create table a (x int);\n-- again; and again\n  create table a (x int);\nselect 1;\n");
    CHECK(e.text().where == "0001_x.deploy.sql:3:3");
    CHECK(e.sqlstate() == "42P07");
  }
  SECTION("a syntax error, found before anything runs") {
    CHECK(failing("create table a (x int);\nselec 1;").text().where == "0001_x.deploy.sql:2:1");
  }
  SECTION("an exception in a block of code") {
    const auto e = failing("create table a (x int);\ndo $$ begin\n  raise exception 'not %; at all', 'wanted';\nend $$;");
    CHECK(e.text().where == "0001_x.deploy.sql:2:1");
    CHECK(e.text().cause.find("not wanted; at all") == 0);
  }
  SECTION("a COPY from the standard input of psql") {
    const auto e = failing("create table a (x int);\ncopy a from stdin;\n");
    CHECK(e.code() == Code::manifest);
    CHECK(e.text().where == "0001_x.deploy.sql:2:1");
  }
  CHECK(b.database.value("select count(*) from pg_class where relname = 'a'") == "0");
}

TEST_CASE("a script runs in the caller's transaction if there is one, and by itself if it cannot run in any") {
  SessionBench b;
  auto session = b.open();
  {
    Transaction transaction{session, b.until};
    session.script("create table a (x int); create table c (x int)", "a.sql", b.until);
  }
  CHECK(b.database.value("select to_regclass('a')::text") == "");
  session.script("create table a (x int)", "a.sql", b.until);
  session.script("-- no-transaction\ncreate index concurrently i on a (x);\n", "b.sql", b.until);
  CHECK(b.database.value("select to_regclass('i')::text") == "i");
  session.script("-- nothing at all\n", "c.sql", b.until);
}
