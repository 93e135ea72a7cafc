#include "health/topics.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace ctl;
using health::TopicVerdict;

namespace {

TopicState healthy(const std::string& name) {
  TopicState state{.name = name};
  for (int id = 0; id < 2; ++id) state.partitions.push_back({.id = id, .leader = 1, .replicas = {1, 2}, .isr = {1, 2}});
  state.config["retention.ms"] = {.value = "604800000", .origin = Origin::topic};
  return state;
}

/// A project with one topic, and what a healthy cluster says of it.
struct Case {
  Project project{};
  health::TopicSights sights{};
  std::vector<std::string> names{"shop.clicks"};
  Case() {
    project.topics.push_back(
        {.name = "shop.clicks", .family = "application", .partitions = 2, .replication = 2, .config = {{"retention.ms", "604800000"}}});
    sights.states.emplace("shop.clicks", healthy("shop.clicks"));
    for (int id = 0; id < 2; ++id) { sights.bounds[{"shop.clicks", id}] = {.start = 5, .end = 15, .stable = 15}; }
  }
  TopicState& state() { return *sights.states.at("shop.clicks"); }
  health::TopicStatus judged() const { return health::judge_topics(project, names, sights).at(0); }
};

const Error silent{Code::timeout, {.what = "no answer"}};

}  // namespace

TEST_CASE("A topic as declared is ok, with the span of its offsets and the lag of its groups") {
  Case c;
  c.sights.groups->emplace("readers", kafka::Commits{{{"shop.clicks", 0}, 10}, {{"shop.clicks", 1}, 99}});
  c.sights.unread[{{"shop.clicks", 0}, 10}] = kafka::Unread{.records = 5};
  const auto status = c.judged();
  CHECK(status.verdict == TopicVerdict::ok);
  CHECK(*status.span == 20);
  CHECK(*status.lag.at("readers") == 5);  // a commit beyond the end is no negative lag
}

TEST_CASE("Another config or number of partitions is drift, with what was found and where it comes from") {
  Case c;
  c.state().config["retention.ms"] = {.value = "-1", .origin = Origin::broker};
  const auto status = c.judged();
  CHECK(status.verdict == TopicVerdict::drift);
  REQUIRE(status.drift.size() == 1);
  CHECK(status.drift[0].path == "config.retention.ms");
  CHECK(status.drift[0].declared == "604800000");
  CHECK(status.drift[0].found == "-1");
  CHECK(status.drift[0].origin == "broker");
}

TEST_CASE("What a migration holds is no drift; without the journal nobody knows") {
  Case c;
  c.state().config["retention.ms"] = {.value = "-1", .origin = Origin::topic};
  c.sights.holds = std::vector<HeldConfig>{{.topic = "shop.clicks", .key = "retention.ms", .value = "-1", .run = 7}};
  CHECK(c.judged().verdict == TopicVerdict::ok);
  CHECK(c.judged().held->run == 7);
  c.sights.holds = tl::unexpected{silent};
  CHECK(c.judged().verdict == TopicVerdict::unknown);
  CHECK(c.judged().why.find("no answer") != std::string::npos);
}

TEST_CASE("A partition without a leader or with replicas behind is worse than drift") {
  Case c;
  c.state().config["retention.ms"] = {.value = "1", .origin = Origin::topic};
  c.state().partitions[1].isr = {1};
  CHECK(c.judged().verdict == TopicVerdict::degraded);
  CHECK(c.judged().under_replicated == std::vector<int>{1});
  c.state().partitions[0].leader = -1;
  CHECK(c.judged().offline == std::vector<int>{0});
}

TEST_CASE("Missing, not known and not declared are three things") {
  Case c;
  c.names = {"shop.clicks", "other"};
  c.sights.states.insert_or_assign("shop.clicks", tl::unexpected{Error{Code::not_found, {.what = "there is no topic"}}});
  c.sights.states.emplace("other", healthy("other"));
  auto all = health::judge_topics(c.project, c.names, c.sights);
  CHECK(all[0].verdict == TopicVerdict::missing);
  CHECK(all[1].verdict == TopicVerdict::ok);
  CHECK(all[1].declared == nullptr);
  CHECK(health::good(all) == false);
  c.sights.states.insert_or_assign("shop.clicks", tl::unexpected{silent});
  all = health::judge_topics(c.project, c.names, c.sights);
  CHECK(all[0].verdict == TopicVerdict::unknown);
  CHECK(health::good(all) == std::nullopt);
}

TEST_CASE("A fact that is not known is null, and said to be unknown") {
  Case c;
  c.sights.bounds[{"shop.clicks", 1}].end = tl::unexpected{silent};
  c.sights.last_event["shop.clicks"] = tl::unexpected{silent};
  const auto all = health::judge_topics(c.project, c.names, c.sights);
  const auto report = health::topics_report(all, c.sights, true);
  const auto& topic = report.data.find("topics")->list()->at(0);
  CHECK(topic.find("offset_span")->is_null());
  CHECK(topic.find("last_event_at")->is_null());
  CHECK(topic.find("rate_per_s")->is_null());  // not asked for, so not unknown
  const auto said = [&](const std::string& path) {
    return std::any_of(report.unknown.begin(), report.unknown.end(), [&](const Unknown& u) { return u.path == path; });
  };
  CHECK(said("topics[0].offset_span"));
  CHECK(said("topics[0].partition_detail[1].end"));
  CHECK(said("topics[0].last_event_at"));
  CHECK_FALSE(said("topics[0].rate_per_s"));
}
