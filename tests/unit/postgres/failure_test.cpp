#include <catch2/catch.hpp>

#include "postgres/failure.hpp"

using namespace ctl;
using namespace ctl::postgres;

TEST_CASE("the server's words come without the form of its message") {
  CHECK(words_of("ERROR:  relation \"x\" does not exist\nLINE 1: select * from x\n                      ^\n") ==
        "relation \"x\" does not exist");
  CHECK(words_of("ERROR:  duplicate key\nDETAIL:  Key (a)=(1) already exists.\nCONTEXT:  COPY t, line 3") ==
        "duplicate key; Key (a)=(1) already exists.; COPY t, line 3");
  CHECK(words_of("connection failed: FATAL:  no\nLOCATION:  auth_failed, auth.c:338\n") == "connection failed: FATAL:  no");
}

TEST_CASE("a SQLSTATE decides what kind of failure it is") {
  CHECK(code_of("28P01") == Code::denied);
  CHECK(code_of("28000") == Code::denied);
  CHECK(code_of("3D000") == Code::config);
  CHECK(code_of("25006") == Code::refused);
  CHECK(code_of("57P01") == Code::unreachable);
  CHECK(code_of("23505") == Code::failed);
  CHECK(code_of("") == Code::failed);
}
