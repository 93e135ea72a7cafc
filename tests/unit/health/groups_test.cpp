#include "health/groups.hpp"

#include <catch2/catch.hpp>

#include "support/report_text.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using health::GroupVerdict;

namespace {

const kafka::Partition zero{"shop.clicks", 0}, one{"shop.clicks", 1};
const Error silent{Code::timeout, {.what = "no answer"}};

/// A group with one member that reads two partitions of 100 offsets each; the test commits and looks.
struct Case {
  Millis now{Millis{} + 1'000'000s};
  health::GroupSights sights{.group = {.name = "dashboard",
                                       .state = "Stable",
                                       .members = std::vector<kafka::Member>{{.client_id = "web", .host = "h", .assigned = {zero, one}}}},
                             .at = now};
  Case() { commit(zero, 100), commit(one, 100); }

  /// Committed up to `offset`; what is unread lies there for `age`.
  void commit(const kafka::Partition& partition, std::int64_t offset, Deadline::ms age = 1h) { set(*sights.first, partition, offset, age); }
  /// The same `later`, in a second look, when `end` is where the log ends.
  void later(const kafka::Partition& partition, std::int64_t offset, Deadline::ms window = health::group_window, std::int64_t end = 100) {
    sights.window = window;
    set(*sights.second, partition, offset, 1h, end);
  }
  void set(health::PartitionSights& into, const kafka::Partition& partition, std::int64_t offset, Deadline::ms age,
           std::int64_t end = 100) const {
    kafka::Unread unread{.records = end - offset};
    if (unread.records > 0) unread.first = now - age;
    into[partition] = {.committed = offset, .start = 0, .end = end, .stable = end, .unread = unread};
  }
  void nobody() { sights.group.state = "Empty", sights.group.members = std::vector<kafka::Member>{}; }
  health::GroupStatus judged() const { return health::judge_group(sights); }
};

}  // namespace

TEST_CASE("A group that has read everything is ok: lag 0, and no lag time") {
  const auto status = Case{}.judged();
  CHECK(status.verdict == GroupVerdict::ok);
  CHECK(status.lag->records == 0);
  CHECK_FALSE(status.lag_time->has_value());
  CHECK_FALSE(status.look_again);
  CHECK(status.topics == std::vector<std::string>{"shop.clicks"});
}

TEST_CASE("Records younger than a few seconds are on their way") {
  Case c;
  c.commit(zero, 90, 9s);
  const auto status = c.judged();
  CHECK(status.verdict == GroupVerdict::ok);
  CHECK(status.lag->records == 10);
  CHECK(**status.lag_time == 9s);
}

TEST_CASE("The lag of a group is the sum, its lag time that of the oldest record, and an upper bound stays one") {
  Case c;
  c.commit(zero, 90, 3s);
  c.commit(one, 80, 8s);
  (*c.sights.first)[one].unread->exact = false;
  const auto status = c.judged();
  CHECK(status.lag->records == 30);
  CHECK_FALSE(status.lag->exact);
  CHECK(**status.lag_time == 8s);
  CHECK(health::lag_text(status.lag) == "≤ 30");
}

TEST_CASE("Older records need a second look: members may be about to commit") {
  Case c;
  c.commit(zero, 90);
  const auto once = c.judged();
  CHECK(once.verdict == GroupVerdict::unknown);
  CHECK(once.look_again);

  SECTION("no commit for longer than consumers wait between two is a stall") {
    c.later(zero, 90), c.later(one, 100);
    CHECK(c.judged().verdict == GroupVerdict::stall);
    CHECK(c.judged().why == "shop.clicks [0]: no commit for 6.0 s, and 10 records are unread");
  }
  SECTION("watched for a shorter time it stays unknown") {
    c.later(zero, 90, 2s), c.later(one, 100, 2s);
    CHECK(c.judged().verdict == GroupVerdict::unknown);
    CHECK_FALSE(c.judged().look_again);
  }
  SECTION("commits that move and leave less unread are ok") {
    c.later(zero, 95), c.later(one, 100);
    CHECK(c.judged().verdict == GroupVerdict::ok);
  }
  SECTION("commits that move, but not faster than records come, are a warning") {
    c.later(zero, 95, health::group_window, 105), c.later(one, 100);
    CHECK(c.judged().verdict == GroupVerdict::warn);
  }
  SECTION("a commit that goes back is a rewind") {
    c.later(zero, 80), c.later(one, 100);
    CHECK(c.judged().verdict == GroupVerdict::rewind);
    CHECK(c.judged().why == "shop.clicks [0]: its commit went back from 90 to 80");
  }
  SECTION("one that reads everything meanwhile is ok") {
    c.later(zero, 100), c.later(one, 100);
    CHECK(c.judged().verdict == GroupVerdict::ok);
  }
}

TEST_CASE("Nobody in the group is a stop, at once and however young the records are, but not when nothing is unread") {
  Case c;
  c.nobody();
  CHECK(c.judged().verdict == GroupVerdict::ok);
  c.commit(zero, 90, 1s);
  const auto status = c.judged();
  CHECK(status.verdict == GroupVerdict::stop);
  CHECK_FALSE(status.look_again);
}

TEST_CASE("Commits tell whether a group without members is read by consumers that assign partitions themselves") {
  Case c;
  c.nobody();
  c.sights.group.simple = true;
  c.commit(zero, 90);
  CHECK(c.judged().look_again);
  c.later(zero, 90), c.later(one, 100);
  CHECK(c.judged().verdict == GroupVerdict::stop);
  c.later(zero, 95);
  CHECK(c.judged().verdict == GroupVerdict::ok);
}

TEST_CASE("A partition that no member was given is a stop, though the group has members") {
  Case c;
  c.sights.group.members->at(0).assigned = {zero};
  c.commit(one, 90);
  const auto status = c.judged();
  CHECK(status.verdict == GroupVerdict::stop);
  CHECK(status.partitions.at(zero).verdict == GroupVerdict::ok);
  CHECK(status.partitions.at(zero).member != nullptr);
  CHECK(status.partitions.at(one).member == nullptr);
  c.sights.group.state = "PreparingRebalance";  // nobody has anything then
  CHECK(c.judged().look_again);
}

TEST_CASE("Members that are not visible are no reason to call it a stop") {
  Case c;
  c.sights.group.members = tl::unexpected{silent};
  c.commit(zero, 90);
  CHECK(c.judged().look_again);
  c.later(zero, 90), c.later(one, 100);
  CHECK(c.judged().verdict == GroupVerdict::stall);
  const auto status = c.judged();
  const auto report = health::groups_report({&status, 1}, "groups_status", true);
  CHECK(text_of(report).find("dashboard|Stable|?|1|10|1h00m|stall") != std::string::npos);
  REQUIRE(report.unknown.size() == 1);
  CHECK(report.unknown[0].path == "groups[0].members");
}

TEST_CASE("What is not known is never 0: the lag of a partition makes that of the group unknown") {
  Case c;
  (*c.sights.first)[one].unread = tl::unexpected{silent};
  c.commit(zero, 90, 1s);
  const auto status = c.judged();
  CHECK(status.verdict == GroupVerdict::unknown);
  CHECK_FALSE(status.lag.has_value());
  CHECK_FALSE(status.lag_time.has_value());
  CHECK(health::lag_text(status.lag) == "?");
  CHECK_FALSE(health::good({&status, 1}).has_value());
  std::vector<Unknown> unknown;
  const auto value = health::to_value(status, "groups[0]", unknown);
  CHECK(value.find("lag")->is_null());
  CHECK(value.find("partition_detail")->list()->at(0).integer_or("lag", -1) == 10);
  CHECK(unknown.size() == 5);  // lag and time of the partition and of the group, and the verdict

  c.sights.first = tl::unexpected{silent};
  CHECK(c.judged().verdict == GroupVerdict::unknown);
  CHECK_FALSE(c.judged().lag.has_value());
}

TEST_CASE("Without a commit the lag is 0 in an empty log, and unknown in any other") {
  Case c;
  (*c.sights.first)[one] = {.start = 5, .end = 5, .stable = 5};
  CHECK(c.judged().verdict == GroupVerdict::ok);
  (*c.sights.first)[one].end = 6;
  CHECK(c.judged().verdict == GroupVerdict::unknown);
  c.later(zero, 100);
  (*c.sights.second)[one] = {.committed = 3, .start = 0, .end = 6, .stable = 6, .unread = kafka::Unread{.records = 3, .first = c.now - 1h}};
  CHECK(c.judged().verdict == GroupVerdict::ok);  // its first commit came while it was watched
}

TEST_CASE("A record from the future has no age, and one a little ahead of this clock is 0 ms old") {
  Case c;
  c.commit(zero, 90, -5s);
  CHECK(**c.judged().lag_time == 0ms);
  c.commit(zero, 90, -1h);
  CHECK_FALSE(c.judged().lag_time.has_value());
  CHECK(c.judged().look_again);
}

TEST_CASE("The worst group decides: bad beats unknown, unknown beats ok") {
  Case good, bad, dark;
  bad.nobody(), bad.commit(zero, 1);
  dark.sights.first = tl::unexpected{silent};
  const std::vector all{good.judged(), dark.judged(), bad.judged()};
  CHECK(health::good(std::span{all}.first(1)) == true);
  CHECK(health::good(std::span{all}.first(2)) == std::nullopt);
  CHECK(health::good(all) == false);
}
