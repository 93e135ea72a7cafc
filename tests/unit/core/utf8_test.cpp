#include "core/utf8.hpp"

#include <catch2/catch.hpp>
#include <string>

TEST_CASE("a plain run ends at the first byte that is not printable ASCII, wherever it stands") {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string plain(size, '~');
    CHECK(ctl::plain_run(plain) == size);
    for (int byte = 0; byte < 256; ++byte)
      for (std::size_t at = 0; at < size; ++at) {
        auto text = plain;
        text[at] = static_cast<char>(byte);
        const auto expected = byte >= 0x20 && byte < 0x7F ? size : at;
        if (ctl::plain_run(text) != expected) FAIL("byte " << byte << " at " << at << " of " << size);
      }
  }
}

TEST_CASE("UTF-8 is what RFC 3629 allows") {
  for (const auto* text : {"", "plain", "gr\xC3\xBC\xC3\x9F", "\xF0\x9F\x9B\x92", "a long run before \xE2\x82\xAC and behind it"})
    CHECK(ctl::is_utf8(text));
  for (const auto* text : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "eight byt\xE2\x82"})
    CHECK_FALSE(ctl::is_utf8(text));
}
