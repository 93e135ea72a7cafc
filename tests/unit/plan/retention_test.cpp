#include "plan/retention.hpp"

#include <catch2/catch.hpp>

using namespace ctl;
using namespace std::chrono_literals;

namespace {

const auto now_ = *parse_instant("2026-11-22T10:00:00Z");
std::optional<plan::Expiry> of(const Config& config, std::chrono::milliseconds age) { return plan::expiry(config, now_ - age, now_); }

}  // namespace

TEST_CASE("a record older than the retention is deleted, one that is as old is kept") {
  const Config week{{"retention.ms", "604800000"}};
  const auto gone = of(week, 8 * 24h);
  REQUIRE(gone);
  CHECK(gone->how == plan::Expiry::How::deleted);
  CHECK(gone->before == now_ - 7 * 24h);
  CHECK(gone->limit == 7 * 24h);
  CHECK(gone->age == 8 * 24h);
  CHECK_FALSE(of(week, 7 * 24h));
  CHECK(of(week, 7 * 24h + 1ms));
}

TEST_CASE("unlimited retention, compaction alone and arrival time keep everything") {
  CHECK_FALSE(of({{"retention.ms", "-1"}}, 24h * 10'000));
  CHECK_FALSE(of({{"retention.ms", "1"}, {"cleanup.policy", "compact"}}, 24h));
  CHECK_FALSE(of({{"retention.ms", "1"}, {"message.timestamp.type", "LogAppendTime"}}, 24h));
  CHECK(of({{"retention.ms", "1"}, {"cleanup.policy", "compact,delete"}}, 24h));
}

TEST_CASE("without a declared retention it is Kafka's week") {
  CHECK(of({}, 8 * 24h));
  CHECK_FALSE(of({}, 6 * 24h));
}

TEST_CASE("a record that the broker does not take at all is refused, however long it would be kept") {
  const auto refused = of({{"retention.ms", "-1"}, {"message.timestamp.before.max.ms", "3600000"}}, 2h);
  REQUIRE(refused);
  CHECK(refused->how == plan::Expiry::How::refused);
  CHECK(refused->before == now_ - 1h);
  CHECK_FALSE(of({{"retention.ms", "-1"}, {"message.timestamp.before.max.ms", "9223372036854775807"}}, 24h * 10'000));
}

TEST_CASE("the configs that take effect are those the broker told, overrides or not") {
  TopicState state;
  state.config = {
      {"retention.ms", {"5", Origin::topic}}, {"cleanup.policy", {"delete", Origin::broker}}, {"hidden", {std::nullopt, Origin::topic}}};
  CHECK(plan::effective(state) == Config{{"retention.ms", "5"}, {"cleanup.policy", "delete"}});
}

TEST_CASE("a topic with the only copy of a history is held so that nothing removes it, tiered storage as far as it is declared") {
  using plan::Hold;
  CHECK(plan::holds_of_history("t", {{"retention.ms", "5"}}) ==
        std::vector<Hold>{{"t", "retention.ms", "-1"}, {"t", "retention.bytes", "-1"}, {"t", "cleanup.policy", "delete"}});
  CHECK(plan::holds_of_history("t", {{"local.retention.ms", "5"}}).back() == Hold{"t", "local.retention.ms", "-2"});
  CHECK(plan::holds_of_history("t", {{"local.retention.bytes", "5"}}).back() == Hold{"t", "local.retention.bytes", "-2"});
}

TEST_CASE("what removes records other than by age is named") {
  CHECK(plan::removers({}).empty());
  CHECK(plan::removers({{"cleanup.policy", "delete"}, {"retention.bytes", "-1"}}).empty());
  CHECK(plan::removers({{"cleanup.policy", "delete, compact"}, {"retention.bytes", "7"}}) ==
        std::vector<std::string>{"cleanup.policy delete, compact", "retention.bytes 7"});
}
