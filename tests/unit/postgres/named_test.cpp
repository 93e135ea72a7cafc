#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "postgres/named.hpp"

using namespace ctl::postgres;
using Params = std::vector<std::optional<std::string>>;

TEST_CASE("a psql name variable becomes a quoted identifier, also with its schema") {
  const auto bound = bind(R"(select * from :"schema".:"table")", {{"schema", "odd\"one"}, {"table", "Clicks"}});
  CHECK(bound.sql == R"(select * from "odd""one"."Clicks")");
  CHECK(bound.params.empty());
}

TEST_CASE("a psql text variable becomes one parameter, however often it is used") {
  const auto bound = bind("select :'a'::int, :'b', :'a' where x=:'b'", {{"a", "1"}, {"b", std::nullopt}});
  CHECK(bound.sql == "select $1::int, $2, $1 where x=$2");
  CHECK(bound.params == Params{"1", std::nullopt});
}

TEST_CASE("what psql leaves alone is left alone") {
  const ctl::postgres::Names names{{"x", "no"}};
  for (const std::string sql :
       {"select ':''x''', ':\"x\"'", "select E'\\':''x'''", "select \":'x'\"", "select $$ :'x' $$, $t$ :'x' $$ :'x' $t$",
        "-- :'x'\nselect 1", "/* :'x' /* :'x' */ :'x' */ select 1", "select now()::text, x::\"char\"", "select a[1:2], b := 3",
        "select :'x y'", "select :'unclosed", "select a$b$:c$b$"})
    CHECK(ctl::postgres::bind(sql, names).sql == sql);
}

TEST_CASE("a variable is found right behind everything that is skipped") {
  CHECK(bind("select '' , :'x', E'\\\\' , :'x', $$a$$, :'x', $1a$ :'x' /**/:'x'--\n:'x'", {{"x", "v"}}).sql ==
        "select '' , $1, E'\\\\' , $1, $$a$$, $1, $1a$ $1 /**/$1--\n$1");
}

TEST_CASE("a variable without a value is a bug of ours and is named") {
  CHECK_THROWS_WITH(bind("select :'missing'", {}), "the query variable 'missing' has no value");
  CHECK_THROWS_WITH(bind("select :\"t\"", {{"t", std::nullopt}}), Catch::Contains("'t' is null"));
}

TEST_CASE("quoting doubles the quote") {
  CHECK(quote_identifier("a\"b") == "\"a\"\"b\"");
  CHECK(quote_literal("it's") == "'it''s'");
}
