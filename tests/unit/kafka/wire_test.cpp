#include "kafka/wire.hpp"

#include <catch2/catch.hpp>

#include "core/error.hpp"

using namespace ctl;
using namespace std::string_literals;

TEST_CASE("numbers, strings and arrays are written as Kafka's protocol has them, and read back") {
  kafka::WireWriter out;
  out.int8(-1).int16(44).int32(-2).string("é").string("").string(std::nullopt).array(0).array(299).tags();
  CHECK(out.bytes() == "\xff\0\x2c\xff\xff\xff\xfe\x03\xc3\xa9\x01\0\x01\xac\x02\0"s);
  kafka::WireReader in{out.bytes()};
  CHECK(in.integer(1) == -1);
  CHECK(in.integer(2) == 44);
  CHECK(in.integer(4) == -2);
  CHECK(in.string() == "é");
  CHECK(in.string() == "");
  CHECK_FALSE(in.string().has_value());
  CHECK(in.array() == 0);
  CHECK(in.array() == 299);
}

TEST_CASE("what an answer has that is not known is passed over") {
  kafka::WireReader in{"\0\x02\x05\x03???\x81\x01\0\x07"s};
  in.tags();
  in.tags();
  CHECK(in.integer(1) == 7);
}

TEST_CASE("an answer that ends too early is an error, not a guess") {
  kafka::WireReader in{"\x06hell"s};
  CHECK_THROWS_AS(in.string(), Error);
  CHECK_THROWS_AS(kafka::WireReader{"\x01"}.integer(2), Error);
  CHECK_THROWS_AS(kafka::WireReader{"\xff\xff\xff\xff\xff\xff"}.array(), Error);
}
