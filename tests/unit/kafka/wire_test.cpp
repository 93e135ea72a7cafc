#include "kafka/wire.hpp"

#include <catch2/catch.hpp>

#include "core/error.hpp"

using namespace ctl;
using namespace std::string_literals;

TEST_CASE("numbers and strings are written as Kafka's protocol has them, and read back") {
  kafka::WireWriter out;
  out.int8(-1).int16(44).int32(-2).string("é").string("").string(std::nullopt);
  CHECK(out.bytes() == "\xff\0\x2c\xff\xff\xff\xfe\0\x02\xc3\xa9\0\0\xff\xff"s);
  kafka::WireReader in{out.bytes()};
  CHECK(in.integer(1) == -1);
  CHECK(in.integer(2) == 44);
  CHECK(in.integer(4) == -2);
  CHECK(in.string() == "é");
  CHECK(in.string() == "");
  CHECK_FALSE(in.string().has_value());
}

TEST_CASE("an answer that ends too early is an error, not a guess") {
  kafka::WireReader in{"\0\x05hell"s};
  CHECK_THROWS_AS(in.string(), Error);
  CHECK_THROWS_AS(kafka::WireReader{"\x01"}.integer(2), Error);
}
