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

TEST_CASE("Base64 is read strictly: what to_base64 has written, and nothing else") {
  for (const std::string bytes : {"", "f", "fo", "foo", "foobar", "\xff\xfe"}) CHECK(ctl::from_base64(ctl::to_base64(bytes)) == bytes);
  CHECK(ctl::from_base64("AAAA") == std::string(3, '\0'));
  for (const auto* text : {"Zg", "Zg=", "Zh==", "Z===", "====", "Zm9v ", " Zm9v", "Zm9v\n", "Zm=v", "Zm9-", "=Zm9"})
    CHECK_FALSE(ctl::from_base64(text).has_value());
}
