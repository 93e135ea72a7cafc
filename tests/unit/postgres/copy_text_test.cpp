#include <catch2/catch.hpp>

#include "postgres/copy.hpp"

using namespace ctl::postgres;
using namespace std::string_view_literals;

namespace {
std::string escaped(std::string_view value) {
  std::string to;
  escape(value, to);
  return to;
}
}  // namespace

TEST_CASE("no separator is left in an escaped field, and every other byte is") {
  CHECK(escaped("a\tb\nc\vd\be\ff\rg\\") == "a\\tb\\nc\\vd\\be\\ff\\rg\\\\");
  for (int c = 1; c < 256; ++c) {
    const std::string text{'<', static_cast<char>(c), '>'};
    if (c < '\b' || (c > '\r' && c != '\\')) CHECK(escaped(text) == text);
  }
}

TEST_CASE("a text that looks like NULL or like the end of the data is not taken for it") {
  CHECK(escaped("\\N") == "\\\\N");
  CHECK(escaped("\\.") == "\\\\.");
}

TEST_CASE("integers of every size are read from the bytes that COPY sends") {
  CHECK(to_integer("\x7f\xff\xff\xff\xff\xff\xff\xff"sv) == 9223372036854775807);
  CHECK(to_integer("\x80\0\0\0\0\0\0\0"sv) == -9223372036854775807 - 1);
  CHECK(to_integer("\0\x01\x02\x03"sv) == 0x010203);
  CHECK(to_integer("\xff\xff\xff\xfe"sv) == -2);
  CHECK(to_integer("\x80\0"sv) == -32768);
  CHECK(to_integer("\x01"sv) == 1);
}
