#include "apply/group_reset.hpp"

#include <catch2/catch.hpp>

#include "support/report_text.hpp"

using namespace ctl;
using Of = RecordPosition::Of;

namespace {

const kafka::Partition zero{"shop.clicks", 0}, one{"shop.clicks", 1};

/// Where a position is in a log from 10 to 30, of which an open transaction holds back the last 5; "|" and what is warned of.
std::string place(const RecordPosition& position, std::int64_t at = 0) {
  std::vector<std::string> warnings;
  const auto offset = place_in({.start = 10, .stable = 25, .end = 30, .at = at}, position, zero, warnings);
  return std::to_string(offset) + "|" + join(warnings, "|");
}

std::string refusal(const std::string& json) {
  try {
    static_cast<void>(read_saved_offsets(json, "undo.json"));
    return "";
  } catch (const Error& error) {
    CHECK(error.code() == Code::manifest);
    return std::string{error.what()} + " " + error.text().cause + " " + error.text().where;
  }
}

}  // namespace

TEST_CASE("The end is where readers of committed records are at the end: an open transaction is not skipped") {
  CHECK(place({.of = Of::beginning}) == "10|");
  CHECK(place({.of = Of::end}) == "25|");
  CHECK(place({.of = Of::last, .number = 5}) == "20|");
  CHECK(place({.of = Of::instant}, 30) == "25|");  // younger than all
  CHECK(place({.of = Of::instant}, 12) == "12|");
}

TEST_CASE("What the log does not hold is brought into it, never in silence") {
  CHECK(place({.of = Of::offset, .number = 30}) == "30|");
  CHECK(place({.of = Of::offset, .number = 31}) == "30|shop.clicks [0] ends at 30, not at 31");
  CHECK(place({.of = Of::offset, .number = 9}) == "10|shop.clicks [0] starts at 10, not at 9");
  CHECK(place({.of = Of::last, .number = 15}) == "10|");
  CHECK(place({.of = Of::last, .number = 16}) == "10|shop.clicks [0] holds 15 offsets, not 16");
}

TEST_CASE("Only what changes is written and saved, and a partition without a commit gets none back") {
  const GroupReset reset{.group = "g", .cluster_id = "c", .moves = {{zero, {.now = 5, .next = 5}}, {one, {.next = 7}}}};
  CHECK(reset.before() == GroupOffsets{{one, std::nullopt}});
  CHECK(reset.after() == GroupOffsets{{one, 7}});
  const SavedOffsets saved{"g", "c", reset.before()};
  const auto read = read_saved_offsets(to_json(to_value(saved, Millis{}), 2), "undo.json");
  CHECK(read.group == "g");
  CHECK(read.cluster_id == "c");
  CHECK(read.offsets == saved.offsets);
}

TEST_CASE("The plan of a reset has a row a partition, and null where there is no commit") {
  const GroupReset reset{.group = "g", .cluster_id = "c", .moves = {{zero, {.now = 5, .next = 2}}, {one, {.next = 7}}}};
  const auto shown = report(reset, {});
  CHECK(text_of(shown) == "group g\nTOPIC|PARTITION|NOW|NEW|DELTA\nshop.clicks|0|5|2|-3\nshop.clicks|1|-|7|-\n");
  const auto& partitions = *shown.data.find("partitions")->list();
  CHECK(partitions[0].integer_or("delta", 0) == -3);
  CHECK(partitions[1].find("now")->is_null());
  CHECK(partitions[1].find("delta")->is_null());
  CHECK(shown.data.find("undo")->is_null());
  CHECK(plan_of(reset, "prod").steps.at(0).risk == Risk::disruptive);
}

TEST_CASE("A file that holds no saved offsets is refused with everything that is wrong in it") {
  CHECK(refusal("{").find("undo.json:1") != std::string::npos);
  CHECK(refusal(R"({"kind":"plan"})").find("no file of saved offsets") != std::string::npos);
  const std::string head = R"({"kind":"group_offsets","version":1,"cluster_id":"c","group":"g","time":"t","offsets":[)";
  CHECK(refusal(head + R"({"topic":"t","partition":0,"offset":null}]})") == "");
  CHECK(refusal(head + R"({"topic":"t","partition":0}]})").find("'offset' is missing") != std::string::npos);
  CHECK(refusal(head + R"({"topic":"t","partition":-1,"offset":3}]})").find("partition") != std::string::npos);
  CHECK(refusal(head + R"({"topic":"t","partition":0,"offset":"3"}]})").find("offset") != std::string::npos);
}
