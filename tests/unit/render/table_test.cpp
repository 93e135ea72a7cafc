#include <catch2/catch.hpp>

#include "render/table.hpp"
#include "render/width.hpp"

using namespace ctl;
using namespace ctl::render;

namespace {
const Clean as_it_is{[](std::string_view text) { return printable(text); }};
const Table topics{.head = {"TOPIC", "PARTS", "RECORDS", "NOTE"},
                   .rows = {{{"clicks"}, {"3"}, {"10,412,233"}, {"ok", Style::good}},
                            {{"page-hits"}, {"12"}, {"0"}, {}},
                            {{"données-日本"}, {}, {"7"}, {"short row"}}},
                   .right = {1, 2},
                   .wide = {}};
}  // namespace

TEST_CASE("a table has its numbers on the right, its widths in columns of the terminal and no blanks at the end") {
  CHECK(table_text(topics, false, {}, as_it_is) ==
        "TOPIC         PARTS     RECORDS  NOTE\n"
        "clicks            3  10,412,233  ok\n"
        "page-hits        12           0\n"
        "données-日本                  7  short row\n");
}

TEST_CASE("a last column of numbers is on the right as well") {
  const Table table{.head = {"A", "ROWS"}, .rows = {{{"x"}, {"5"}}, {{"y"}, {"12,000"}}}, .right = {1}, .wide = {}};
  CHECK(table_text(table, false, {}, as_it_is) == "A    ROWS\nx       5\ny  12,000\n");
}

TEST_CASE("a column for -o wide is only there with -o wide") {
  const Table table{.head = {"A", "B", "C"}, .rows = {{{"1"}, {"2"}, {"3"}}}, .right = {}, .wide = {1}};
  CHECK(table_text(table, false, {}, as_it_is) == "A  C\n1  3\n");
  CHECK(table_text(table, true, {}, as_it_is) == "A  B  C\n1  2  3\n");
}

TEST_CASE("without a terminal nothing is broken, with a narrow one only the last column is, and nothing is lost") {
  const Table table{.head = {"ID", "WHAT"},
                    .rows = {{{"a"}, {"the slot is inactive and holds 12 GB of WAL"}}, {{"b"}, {"fine"}}},
                    .right = {},
                    .wide = {}};
  CHECK(table_text(table, false, {}, as_it_is) == "ID  WHAT\na   the slot is inactive and holds 12 GB of WAL\nb   fine\n");
  CHECK(table_text(table, false, {.width = 30}, as_it_is) == "ID  WHAT\na   the slot is inactive and\n    holds 12 GB of WAL\nb   fine\n");
  CHECK(table_text(table, true, {.width = 30}, as_it_is) == table_text(table, false, {}, as_it_is));
  CHECK(table_text(table, false, {.width = 20}, as_it_is) == table_text(table, false, {}, as_it_is));
}

TEST_CASE("colours come from the meaning, around the text and not around the padding") {
  CHECK(table_text(topics, false, {.colour = true}, as_it_is).find("\x1b[1mTOPIC\x1b[0m         \x1b[1mPARTS\x1b[0m") == 0);
  CHECK(table_text(topics, false, {.colour = true}, as_it_is).find("\x1b[32mok\x1b[0m\n") != std::string::npos);
}

TEST_CASE("blocks follow each other, with an empty line between two tables") {
  Report report{.kind = "k"};
  report.blocks.emplace_back(Table{.head = {"A"}, .rows = {{{"1"}}}});
  report.blocks.emplace_back(Table{.head = {"B"}, .rows = {{{"2"}}}});
  report.line("1 ok").line("inside", Style::faint, 1);
  CHECK(blocks_text(report, false, {}, as_it_is) == "A\n1\n\nB\n2\n1 ok\n  inside\n");
}

TEST_CASE("what a server says cannot move the cursor, hide text or change the terminal") {
  CHECK(printable("a\x1b[2Jb\rc\nd\te\x7f\xc2\x9b"
                  "31m") == "a\\u001b[2Jb\\u000dc\\nd\\te\\u007f\\u009b31m");
  CHECK(printable("\xE2\x80\xAE"
                  "evil\xE2\x81\xA6") == "\\u202eevil\\u2066");
  CHECK(printable("a\xff"
                  "b\xED\xA0\x80") ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(printable("données 日本 \xF0\x9F\x98\x80") == "données 日本 \xF0\x9F\x98\x80");
}

TEST_CASE("width is counted in columns of the terminal") {
  CHECK(display_width("clicks") == 6);
  CHECK(display_width("é") == 1);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("\xF0\x9F\x98\x80") == 2);
}

TEST_CASE("text is broken at blanks and words stay whole") {
  CHECK(wrapped("", 10) == std::vector<std::string>{""});
  CHECK(wrapped("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("averyveryverylongword x", 5) == std::vector<std::string>{"averyveryverylongword", "x"});
}
