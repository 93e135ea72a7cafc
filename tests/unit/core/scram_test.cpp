#include "core/scram.hpp"

#include <catch2/catch.hpp>

using namespace ctl;

TEST_CASE("a password becomes what PostgreSQL would store of it") {
  // computed with another implementation (Python's hashlib and hmac)
  CHECK(scram_verifier("dbz-sandbox", "0123456789abcdef") ==
        "SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$b0Hh/1dgKYEOiGiK8UsSC8BE//sGceOPckf6oXE2+5Q=:N4S/"
        "yq2dB6cjpQqLWHJPOpPAJbB1hMLjIY8FPEX7hbk=");
}

TEST_CASE("a salt is random, and so two verifiers of one password differ") { CHECK(scram_verifier("x") != scram_verifier("x")); }
