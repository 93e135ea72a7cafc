#include <catch2/catch.hpp>

#include "postgres/copy.hpp"

using namespace ctl::postgres;

namespace {
std::string unescaped(std::string_view field) {
  std::string scratch;
  return std::string{unescape(field, scratch)};
}
std::string escaped(std::string_view value) {
  std::string to;
  escape(value, to);
  return to;
}
}  // namespace

TEST_CASE("every byte survives escape and unescape, and no separator is left in the field") {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  CHECK(unescaped(escaped(all)) == all);
  CHECK(escaped(all).find_first_of("\t\n\r") == std::string::npos);
}

TEST_CASE("a text that looks like NULL or like the end of the data is not taken for it") {
  CHECK(escaped("\\N") == "\\\\N");
  CHECK(escaped("\\.") == "\\\\.");
  CHECK(unescaped("\\\\N") == "\\N");
}

TEST_CASE("all forms of the manual are understood") {
  CHECK(unescaped("a\\tb\\nc\\vd\\be\\ff\\rg\\\\") == "a\tb\nc\vd\be\ff\rg\\");
  CHECK(unescaped("\\101\\x42\\x4g\\12z\\q\\x") == "AB\x04g\nzqx");
  CHECK(unescaped("tail\\") == "tail");
}

TEST_CASE("a field without a backslash is not copied") {
  std::string scratch;
  const std::string_view field = "plain";
  CHECK(unescape(field, scratch).data() == field.data());
}
