#include <catch2/catch.hpp>

#include "postgres/sql_text.hpp"

using namespace ctl::postgres;

namespace {
std::string from(std::string_view sql, std::size_t statement) { return std::string{sql.substr(statement_start(sql, statement))}; }
}  // namespace

TEST_CASE("statements are counted by the semicolons that end them") {
  const std::string sql =
      "-- first; comment\n  create table a (x text default ';');\n;; /* ; */ insert into a values ($$;$$), (E'\\';');\nselect 1";
  CHECK(from(sql, 0).rfind("create table", 0) == 0);
  CHECK(from(sql, 1).rfind("insert into", 0) == 0);
  CHECK(from(sql, 2) == "select 1");
  CHECK(from(sql, 3).empty());
}

TEST_CASE("a semicolon within a rule or the body of an SQL function ends nothing") {
  CHECK(from("create rule r as on insert to t do also (delete from a; delete from b); select 2", 1) == "select 2");
  CHECK(from("create or replace function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3", 1) ==
        "select 3");
  CHECK(from("begin; select 4", 1) == "select 4");
}

TEST_CASE("a place is a line and a column in characters") {
  const std::string sql = "select 'é',\n  ñope";
  const auto offset = offset_of_character(sql, 14);
  CHECK(sql.substr(offset, 2) == "ñ");
  CHECK(position_at(sql, sql.find("ope"), "f.sql") == ctl::Position{"f.sql", 2, 4});
  CHECK(position_at(sql, 0, "f.sql") == ctl::Position{"f.sql", 1, 1});
  CHECK(offset_of_character(sql, 999) == sql.size());
}
