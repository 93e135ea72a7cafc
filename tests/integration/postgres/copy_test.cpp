#include <catch2/catch.hpp>

#include "postgres/copy.hpp"
#include "support/frozen.hpp"
#include "support/session.hpp"

using namespace ctl;
using namespace ctl::postgres;

namespace {
using Text = std::optional<std::string>;
using Field = std::optional<std::string_view>;

void copy_in(SessionBench& b, Connection& session, const std::vector<std::vector<Text>>& rows) {
  auto writer = session.copy_in("copy t from stdin", b.until);
  for (const auto& row : rows) {
    const std::vector<Field> fields(row.begin(), row.end());
    writer.add(fields, b.until);
  }
  CHECK(writer.finish(b.until) == rows.size());
}
std::vector<std::vector<Text>> copy_out(SessionBench& b, Connection& session, const std::string& sql) {
  std::vector<std::vector<Text>> rows;
  auto reader = session.copy_out(sql, b.until);
  while (const auto row = reader.next(b.until)) {
    auto& fields = rows.emplace_back();
    for (const auto& f : *row) fields.push_back(f ? Text{*f} : Text{});
  }
  CHECK_FALSE(reader.next(b.until));
  return rows;
}
constexpr auto* endless = "select 'some text', generate_series(1, 2000000000)";
}  // namespace

TEST_CASE("every character and every look-alike of NULL comes back as it went in") {
  SessionBench b;
  b.database.run("create table t (id int, a text, b text)");
  auto session = b.open();
  std::vector<std::vector<Text>> rows;
  for (int c = 1; c < 256; ++c) {  // as code points: the database is UTF-8
    std::string utf8;
    if (c < 0x80)
      utf8 = static_cast<char>(c);
    else
      utf8 = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
    rows.push_back({std::to_string(c), utf8, "x" + utf8 + "\\" + utf8});
  }
  for (const auto& text : {Text{}, Text{""}, Text{"\\N"}, Text{"\\."}, Text{"\t\n\r"}, Text{"\\"}, Text{"\\t"}, Text{"\xF0\x9F\x9B\x92"}})
    rows.push_back({std::to_string(rows.size() + 1), text, text});
  copy_in(b, session, rows);
  CHECK(copy_out(b, session, "select id::text, a, b from t order by t.id") == rows);
  CHECK(b.database.value("select count(*) from t where a = chr(id) and id < 256") == "255");
  CHECK(b.database.value("select count(*) from t where a is null") == "1");
}

TEST_CASE("an empty table is an end, and the session can be used afterwards") {
  SessionBench b;
  b.database.run("create table t (a int)");
  auto session = b.open(Access::read_only);
  CHECK(copy_out(b, session, "table t").empty());
  CHECK(b.value(session, "select 1 as v") == "1");
}

TEST_CASE("a backend that is killed in the middle of a COPY is an error, not an end") {
  SessionBench b;
  auto session = b.open();
  auto reader = session.copy_out(endless, b.until);
  for (int i = 0; i < 1000; ++i) REQUIRE(reader.next(b.until));
  b.database.run("select pg_terminate_backend(" + std::to_string(session.backend_pid()) + ")");
  const auto e = error_of([&] {
    while (reader.next(b.until)) {}
  });
  CHECK(e.code() == Code::unreachable);
  CHECK(e.text().cause.find("server closed the connection") != std::string::npos);
  CHECK_FALSE(session.usable());
}

TEST_CASE("a statement that fails in the middle of a COPY is an error, and costs no session") {
  SessionBench b;
  auto session = b.open();
  auto reader = session.copy_out("select 1000 / (50000 - g) from generate_series(1, 100000) g", b.until);
  CHECK(error_of([&] {
          while (reader.next(b.until)) {}
        }).sqlstate() == "22012");
}

TEST_CASE("a frozen server does not hold a COPY beyond its deadline, in either direction") {
  SessionBench b;
  b.database.run("create table t (a text)");
  auto session = b.open();
  const auto pid = session.backend_pid();
  std::optional<Error> error;
  SECTION("reading") {
    auto reader = session.copy_out(endless, b.until);
    const Frozen frozen{pid};
    CHECK(SessionBench::took([&] {
            error = error_of([&] {
              while (reader.next(Deadline{500ms, {}})) {}
            });
          }) < 3s);
  }
  SECTION("writing") {
    auto writer = session.copy_in("copy t from stdin", b.until);
    const Frozen frozen{pid};
    const std::string text(100'000, 'x');
    const std::vector<Field> row{text};
    CHECK(SessionBench::took([&] {
            error = error_of([&] {
              for (const Deadline soon{500ms, {}};;) writer.add(row, soon);
            });
          }) < 3s);
  }
  CHECK(error->code() == Code::timeout);
  CHECK_FALSE(session.usable());
}

TEST_CASE("a COPY that is not read to its end closes its session") {
  SessionBench b;
  auto session = b.open();
  const auto pid = std::to_string(session.backend_pid());
  {
    auto reader = session.copy_out(endless, b.until);
    CHECK(reader.next(b.until));
    CHECK(error_of([&] { session.query("select 1", b.until); }).code() == Code::internal);
  }
  CHECK_FALSE(session.usable());
  while (b.database.value("select 1 from pg_stat_activity where pid = " + pid) == "1") b.until.check("waiting for the backend to notice");
}

TEST_CASE("rows of a COPY that is not finished never arrive") {
  SessionBench b;
  b.database.run("create table t (a text)");
  auto session = b.open();
  const std::string text(100'000, 'x');
  const std::vector<Field> row{text};
  {
    auto writer = session.copy_in("copy t from stdin", b.until);
    for (int i = 0; i < 10; ++i) writer.add(row, b.until);
  }
  CHECK(b.value(session, "select count(*) as v from t") == "0");
}

TEST_CASE("rows that the server refuses are an error with its SQLSTATE and the place in the data") {
  SessionBench b;
  b.database.run("create table t (a int primary key)");
  auto session = b.open();
  const auto refused = [&](std::vector<Field> first, std::vector<Field> second) {
    auto writer = session.copy_in("copy t from stdin", b.until);
    writer.add(first, b.until);
    writer.add(second, b.until);
    return error_of([&] { writer.finish(b.until); });
  };
  const auto text = refused({"1"}, {"one"});
  CHECK(text.sqlstate() == "22P02");
  CHECK(text.text().cause.find("line 2") != std::string::npos);
  CHECK(refused({"1"}, {"1"}).sqlstate() == "23505");
  CHECK(refused({"1"}, {"1", "2"}).sqlstate() == "22P04");
  CHECK(b.value(session, "select count(*) as v from t") == "0");
}

TEST_CASE("only a COPY in the direction that was asked for is taken") {
  SessionBench b;
  b.database.run("create table t (a int)");
  auto session = b.open();
  CHECK(error_of([&] { (void)session.copy_out("table nowhere", b.until); }).sqlstate() == "42P01");
  CHECK(b.value(session, "select 1 as v") == "1");
  CHECK(error_of([&] { (void)session.copy_in("copy t to stdout", b.until); }).code() == Code::internal);
}
