#include "core/base64.hpp"

#include <catch2/catch.hpp>

TEST_CASE("Base64 is that of RFC 4648, section 10") {
  CHECK(ctl::to_base64("") == "");
  CHECK(ctl::to_base64("f") == "Zg==");
  CHECK(ctl::to_base64("fo") == "Zm8=");
  CHECK(ctl::to_base64("foo") == "Zm9v");
  CHECK(ctl::to_base64("foobar") == "Zm9vYmFy");
  CHECK(ctl::to_base64(std::string{"\xff\xfe\x00", 3}) == "//4A");
}
