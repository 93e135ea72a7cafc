#include <algorithm>
#include <catch2/catch.hpp>

#include "plan/plan.hpp"

using namespace ctl;

namespace {

using Seen = std::map<std::string, Known<TopicState>>;
constexpr auto week = "604800000", month = "2592000000";

TopicSpec spec(std::string name, int partitions = 3, Config config = {{"retention.ms", week}, {"cleanup.policy", "delete"}}) {
  TopicSpec topic;
  topic.name = std::move(name);
  topic.partitions = partitions;
  topic.replication = 1;
  topic.config = std::move(config);
  return topic;
}

/// As a broker shows it: its own defaults, and what the topic overrides.
TopicState state(std::string name, int partitions = 3, const Config& overrides = {{"retention.ms", week}, {"cleanup.policy", "delete"}},
                 std::size_t replicas = 1) {
  TopicState topic;
  topic.name = std::move(name);
  for (int id = 0; id < partitions; ++id)
    topic.partitions.push_back({.id = id, .leader = 1, .replicas = std::vector<int>(replicas, 1), .isr = std::vector<int>(replicas, 1)});
  topic.config = {{"retention.ms", {week, Origin::standard}},
                  {"retention.bytes", {"-1", Origin::standard}},
                  {"cleanup.policy", {"delete", Origin::broker}},
                  {"max.message.bytes", {"1048588", Origin::standard}},
                  {"min.insync.replicas", {"1", Origin::standard}},
                  {"min.cleanable.dirty.ratio", {"0.5", Origin::standard}},
                  {"unclean.leader.election.enable", {"false", Origin::broker}}};
  for (const auto& [key, value] : overrides) topic.config[key] = {value, Origin::topic};
  return topic;
}

tl::unexpected<Error> unseen(Code code, std::string what = "it does not exist", std::string hint = {}) {
  return tl::unexpected<Error>{Error{code, {.what = std::move(what), .cause = {}, .where = {}, .hint = std::move(hint)}}};
}

std::optional<Step> step(const TopicSpec& wanted, const Known<TopicState>& found, std::vector<plan::Hold> holds = {}) {
  Seen seen;
  seen.emplace(wanted.name, found);
  auto steps = plan::topics({&wanted, 1}, holds, seen);
  REQUIRE(steps.size() <= 1);
  return steps.empty() ? std::nullopt : std::optional{std::move(steps.front())};
}

using Rows = std::vector<std::tuple<std::string, std::string, std::string>>;
Rows rows(const Step& of) {
  Rows all;
  for (const auto& change : of.changes) all.emplace_back(change.path, change.before.value_or("-"), change.after.value_or("-"));
  return all;
}

}  // namespace

TEST_CASE("a topic that is not there is created, with all that is declared") {
  const auto found = step(spec("t"), unseen(Code::not_found));
  REQUIRE(found);
  CHECK(found->resource == Resource{Kind::topic, "t"});
  CHECK(found->action == Action::create);
  CHECK(found->risk == Risk::safe);
  CHECK(found->undo == Undo::exact);
  CHECK(found->summary == "3 partitions, retention 7d");
  CHECK(rows(*found) == Rows{{"partitions", "-", "3"},
                             {"replication", "-", "1"},
                             {"config.cleanup.policy", "-", "delete"},
                             {"config.retention.ms", "-", week}});
}

TEST_CASE("a topic that is as declared gives no step, and what it overrides beyond that is left alone") {
  CHECK_FALSE(step(spec("t"), state("t")));
  CHECK_FALSE(step(spec("t"), state("t", 3, {{"retention.ms", week}, {"max.message.bytes", "5"}, {"cleanup.policy", "delete"}})));
}

TEST_CASE("a value that is the default is no change, wherever it comes from") {
  CHECK_FALSE(step(spec("t", 3, {{"retention.ms", week}, {"max.message.bytes", "1048588"}}), state("t", 3, {})));
}

TEST_CASE("the same value spelt differently is no change") {
  const auto [declared, live] = GENERATE(table<std::string, Config>({
      {"cleanup.policy", {{"cleanup.policy", "compact,delete"}}},
      {"min.cleanable.dirty.ratio", {{"min.cleanable.dirty.ratio", "0.25"}}},
      {"unclean.leader.election.enable", {{"unclean.leader.election.enable", "true"}}},
      {"retention.ms", {{"retention.ms", month}}},
  }));
  const std::map<std::string, std::string> spelt{{"cleanup.policy", "delete, compact"},
                                                 {"min.cleanable.dirty.ratio", "0.250"},
                                                 {"unclean.leader.election.enable", "TRUE"},
                                                 {"retention.ms", " 2592000000"}};
  CHECK_FALSE(step(spec("t", 3, {{declared, spelt.at(declared)}}), state("t", 3, live)));
}

TEST_CASE("a config that differs is an update that names both values") {
  const auto found = step(spec("t", 3, {{"retention.ms", month}}), state("t"));
  REQUIRE(found);
  CHECK(found->action == Action::update);
  CHECK(found->risk == Risk::safe);
  CHECK(found->summary == "retention 7d → 30d");
  CHECK(rows(*found) == Rows{{"config.retention.ms", week, month}});
}

TEST_CASE("what deletes records or breaks their order is destructive, and says why") {
  const auto risk = [](Config declared, const Config& live) {
    const auto found = step(spec("t", 3, std::move(declared)), state("t", 3, live));
    REQUIRE(found);
    CHECK((found->risk == Risk::safe) == found->why.ends_with("declared"));
    return std::pair{found->risk, found->undo};
  };
  const std::pair safe{Risk::safe, Undo::exact}, lossy{Risk::destructive, Undo::lossy}, disruptive{Risk::disruptive, Undo::exact};
  CHECK(risk({{"retention.ms", week}}, {{"retention.ms", month}}) == lossy);
  CHECK(risk({{"retention.ms", month}}, {{"retention.ms", "-1"}}) == lossy);
  CHECK(risk({{"retention.ms", "-1"}}, {{"retention.ms", month}}) == safe);
  CHECK(risk({{"retention.bytes", "1000000"}}, {}) == lossy);
  CHECK(risk({{"retention.bytes", "2000000"}}, {{"retention.bytes", "1000000"}}) == safe);
  CHECK(risk({{"cleanup.policy", "compact"}}, {}) == lossy);
  CHECK(risk({{"cleanup.policy", "compact"}}, {{"cleanup.policy", "compact,delete"}}) == safe);
  CHECK(risk({{"max.message.bytes", "1000"}}, {}) == disruptive);
  CHECK(risk({{"max.message.bytes", "2000000"}}, {}) == safe);

  const auto more = step(spec("t", 6), state("t"));
  REQUIRE(more);
  CHECK(more->action == Action::update);
  CHECK(more->risk == Risk::destructive);
  CHECK(more->undo == Undo::none);
  CHECK(more->summary == "partitions 3 → 6");
  CHECK(more->why.find("order") != std::string::npos);
}

TEST_CASE("fewer partitions, other replicas, and configs that cannot be are blocked, with what to do instead") {
  const auto blocked = [](const TopicSpec& wanted, const Known<TopicState>& found) {
    const auto is = step(wanted, found);
    REQUIRE(is);
    CHECK(is->action == Action::blocked);
    CHECK_FALSE(is->remedy.empty());
    return is->why;
  };
  CHECK(blocked(spec("t", 2), state("t")) == "Kafka takes no partitions away (3 are there, 2 are declared)");
  CHECK(blocked(spec("t"), state("t", 3, {}, 3)) == "partition 0 has 3 replicas, 1 are declared, and this tool does not move replicas");
  CHECK(blocked(spec("t", 3, {{"retenton.ms", week}}), state("t")) == "the broker knows no topic config 'retenton.ms'");
  CHECK(blocked(spec("t", 3, {{"min.insync.replicas", "2"}}), unseen(Code::not_found)) ==
        "with min.insync.replicas 2 and replication 1 nobody could write");
  CHECK(blocked(spec("t"), unseen(Code::denied, "reading topic configs failed", "grant it")) ==
        "what is there is not known: reading topic configs failed");
  auto hidden = state("t");
  hidden.config["retention.ms"].value.reset();
  CHECK(blocked(spec("t"), hidden) == "the broker does not tell the value of retention.ms");
}

TEST_CASE("a topic that is blocked still shows all that differs") {
  const auto found = step(spec("t", 2, {{"retention.ms", month}}), state("t", 3, {}, 2));
  REQUIRE(found);
  CHECK(found->action == Action::blocked);
  CHECK(rows(*found) == Rows{{"partitions", "3", "2"}, {"replication", "2", "1"}, {"config.retention.ms", week, month}});
  CHECK(found->why.find("replicas") != std::string::npos);
  CHECK(found->why.find("partitions away") != std::string::npos);
}

TEST_CASE("what a migration holds is wanted: no step takes it away, and a plan shows it with the value it holds back") {
  const std::vector<plan::Hold> holds{{"t", "retention.ms", "-1"}, {"other", "retention.ms", "5"}};
  CHECK_FALSE(step(spec("t"), state("t", 3, {{"retention.ms", "-1"}}), holds));
  CHECK(step(spec("t"), state("t", 3, {{"retention.ms", "-1"}}))->summary == "retention -1 → 7d");
  CHECK(step(spec("t"), state("t"), holds)->summary == "retention 7d → -1 held until finalize (was 7d)");
  const auto made = step(spec("t"), unseen(Code::not_found), holds);
  CHECK(made->summary == "3 partitions, retention -1 held until finalize (then 7d)");
  CHECK(rows(*made).back() == std::tuple<std::string, std::string, std::string>{"config.retention.ms", "-", "-1"});
  CHECK_FALSE(step(spec("t", 3, {}), state("t", 3, {{"retention.ms", "-1"}}), holds));  // held though not declared
}

TEST_CASE("the precondition changes with what the step relies on, and with nothing else") {
  const auto wanted = spec("t", 3, {{"retention.ms", month}});
  const auto of = [&](const TopicState& live) { return step(wanted, live)->precondition; };
  const auto before = of(state("t"));
  auto moved = state("t");
  moved.partitions[0].leader = 2;
  moved.partitions[0].isr.clear();
  moved.config["max.message.bytes"] = {"7", Origin::topic};
  CHECK(of(moved) == before);
  CHECK(of(state("t", 3, {{"retention.ms", "1"}})) != before);
  CHECK(of(state("t", 3, {})) != before);  // the same value, but from the default: another world
  CHECK(step(wanted, unseen(Code::not_found))->precondition != before);
}

TEST_CASE("topics come by name, and the order of what goes in changes no byte") {
  std::vector<TopicSpec> wanted;
  std::vector<plan::Hold> holds;
  Seen seen;
  for (const auto* name : {"c", "a", "e", "b", "d"}) {
    wanted.push_back(spec(name, 4));
    holds.push_back({name, "retention.ms", "-1"});
    if (*name == 'b')
      seen.emplace(name, unseen(Code::not_found));
    else
      seen.emplace(name, state(name));
  }
  const auto bytes = [&] {
    Plan plan;
    plan.steps = plan::topics(wanted, holds, seen);
    std::string text = plan.fingerprint();
    for (const auto& s : plan.steps) text += s.resource.name + s.summary + s.why;
    return text;
  };
  const auto first = bytes();
  CHECK(plan::topics(wanted, holds, seen).front().resource.name == "a");
  for (int shuffles = 0; shuffles < 5; ++shuffles) {
    std::rotate(wanted.begin(), wanted.begin() + 2, wanted.end());
    std::rotate(holds.begin(), holds.begin() + 1, holds.end());
    CHECK(bytes() == first);
  }
}

TEST_CASE("what is imported from a cluster and planned against it is nothing") {
  Seen seen;
  std::vector<TopicSpec> imported;
  for (int i = 0; i < 200; ++i) {
    const auto live =
        state("t" + std::to_string(i), 1 + i % 7,
              i % 3 == 0 ? Config{{"retention.ms", std::to_string(i * 1000 + 1)}, {"cleanup.policy", "compact,delete"}} : Config{},
              1 + static_cast<std::size_t>(i % 3));
    auto topic = spec(live.name, static_cast<int>(live.partitions.size()), {});
    topic.replication = live.replication();
    for (const auto& [key, entry] : live.config)
      if (i % 2 == 0 || entry.origin == Origin::topic) topic.config[key] = *entry.value;
    imported.push_back(std::move(topic));
    seen.emplace(live.name, live);
  }
  CHECK(plan::topics(imported, {}, seen).empty());
}

TEST_CASE("a topic that nobody looked at is a bug, not an absent topic") {
  const auto wanted = spec("t");
  CHECK_THROWS_AS(plan::topics({&wanted, 1}, {}, {}), Error);
}

TEST_CASE("what is held is set on the topic itself: the broker's default may change") {
  const std::vector<plan::Hold> open{{"t", "retention.ms", "-1"}, {"t", "retention.bytes", "-1"}, {"t", "cleanup.policy", "delete"}};
  const auto found = step(spec("t", 3, {}), state("t", 3, {{"retention.ms", "-1"}}), open);
  REQUIRE(found);
  CHECK(rows(*found) == Rows{{"config.cleanup.policy", "delete", "delete"}, {"config.retention.bytes", "-1", "-1"}});
  CHECK(found->risk == Risk::safe);
  CHECK_FALSE(
      step(spec("t", 3, {}), state("t", 3, {{"retention.ms", "-1"}, {"retention.bytes", "-1"}, {"cleanup.policy", "delete"}}), open));
}

TEST_CASE("compaction that a hold takes away deletes nothing, as nothing expires") {
  const std::vector<plan::Hold> open{{"t", "retention.ms", "-1"}, {"t", "retention.bytes", "-1"}, {"t", "cleanup.policy", "delete"}};
  const auto found = step(spec("t", 3, {}), state("t", 3, {{"cleanup.policy", "compact"}}), open);
  REQUIRE(found);
  CHECK(found->risk == Risk::safe);
  CHECK(found->undo == Undo::exact);
  CHECK(found->summary.find("cleanup.policy compact → delete held until finalize (was the default)") != std::string::npos);
  const auto without = step(spec("t", 3, {{"cleanup.policy", "delete"}}), state("t", 3, {{"cleanup.policy", "compact"}}));
  REQUIRE(without);
  CHECK(without->risk == Risk::destructive);
}
