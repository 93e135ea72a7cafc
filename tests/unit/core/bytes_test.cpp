#include <catch2/catch.hpp>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/utf8.hpp"
#include "support/folder.hpp"

using namespace ctl;

TEST_CASE("a digest is SHA-256 in lower-case hex, piece by piece as at once") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 sum;
  sum.add("a");
  sum.add("");
  sum.add("bc");
  CHECK(sum.hex() == sha256("abc"));
  CHECK(sha256(std::string("a\0b", 3)) != sha256("a"));
}

TEST_CASE("characters are what RFC 3629 says, every other byte is none") {
  const std::vector<std::pair<std::string, char32_t>> good{
      {"a", 'a'}, {"é", 0xE9}, {"日", 0x65E5}, {"\xF0\x9F\x98\x80", 0x1F600}, {"\xF4\x8F\xBF\xBF", 0x10FFFF}};
  for (const auto& [text, code] : good) {
    const auto c = first_character(text + "x");
    CHECK(c.valid);
    CHECK(c.code == code);
    CHECK(c.size == text.size());
  }
  for (const auto* text : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE6\x97", "\xC3(", "\xE6(\xA5"}) {
    const auto c = first_character(text);
    CHECK_FALSE(c.valid);
    CHECK(c.size == 1);
    CHECK(c.code == 0xFFFD);
  }
  CHECK(first_character("").size == 0);
}

TEST_CASE("a file is read whole, and its absence is told from its unreadability") {
  Folder folder;
  folder.file("a", std::string("x\0\n\xff", 4)).file("empty", "").file("sub/b", "");
  CHECK(read_file(folder.path("a")) == std::string("x\0\n\xff", 4));
  CHECK(read_file_if(folder.path("empty")) == "");
  CHECK_FALSE(read_file_if(folder.path("none")));
  CHECK_THROWS_WITH(read_file(folder.path("none")), "there is no file " + folder.path("none"));
  try {
    (void)read_file(folder.path("sub"));
    FAIL("read a folder");
  } catch (const Error& e) {
    CHECK(e.code() == Code::failed);
    CHECK(e.text().cause == "Is a directory");
  }
}

TEST_CASE("the files of a folder are sorted, and none of a folder that is not there") {
  Folder folder;
  folder.file("b.sql", "").file("a.sql", "").file("c.txt", "").file("d.sql/x", "");
  CHECK(files_in(folder.path(), ".sql") == std::vector<std::string>{"a.sql", "b.sql"});
  CHECK(files_in(folder.path("none"), "").empty());
}

TEST_CASE("a path is in its folder unless it is absolute") {
  CHECK(path_in("/a/b", "c") == "/a/b/c");
  CHECK(path_in("/a/b", "../c") == "/a/c");
  CHECK(path_in("/a/b", "/c") == "/c");
  CHECK(path_in("", "c") == "c");
}
