#include <algorithm>
#include <catch2/catch.hpp>

#include "kafka/admin.hpp"
#include "kafka/unread.hpp"
#include "kafka_test.hpp"
#include "support/consumer.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using At = kafka::Cluster::At;

namespace {

struct OnGroup : OnTopic {
  std::string group{sandbox::unique("group")};
  kafka::Admin admin{cluster};

  [[nodiscard]] kafka::Group seen() {
    const auto groups = cluster.groups(until);
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.name == group; });
    return found == groups.end() ? kafka::Group{} : *found;
  }
  [[nodiscard]] kafka::Commits commits() { return cluster.committed({&group, 1}, until).at(group).value(); }

  static std::vector<oracle::Record> records(int partition, int count) {
    std::vector<oracle::Record> all;
    for (int i = 0; i < count; ++i) all.push_back({.partition = partition, .time_ms = 1000 + i, .key = "k", .value = "v"});
    return all;
  }
  void send(int partition, int count) const { oracle::produce(name, records(partition, count)); }

  std::map<kafka::Place, Known<kafka::Unread>> unread(std::vector<kafka::Place> places) {
    std::map<kafka::Partition, std::int64_t> ends;
    for (const auto& [partition, offset] : places)
      ends[partition] = cluster.offsets({&partition, 1}, At::stable, until).at(partition).value();
    return kafka::unread(settings, places, ends, kafka::Reader::Isolation::committed, quiet, until.within(10s));
  }
};

}  // namespace

TEST_CASE_METHOD(OnGroup, "a group shows its state, its members and what they read, and is not touched while it has any") {
  {
    Consumer consumer{group, name};
    while (seen().state != "Stable") consumer.poll();
    const auto found = seen();
    CHECK_FALSE(found.simple);
    REQUIRE(found.members.value().size() == 1);
    CHECK(to_string(found.members->at(0)) == "shop@127.0.0.1");
    CHECK(found.members->at(0).assigned.size() == 3);
    const auto error = error_of([&] { admin.set_group_offsets(group, {{{name, 0}, 0}}, until); });
    CHECK(error.code() == Code::refused);
    CHECK(error.what() == "group " + group + " is in use (Stable)");
    CHECK(error.text().cause == "its members are shop@127.0.0.1");
  }
  admin.set_group_offsets(group, {{{name, 0}, 0}, {{name, 2}, 0}}, until);
  CHECK(seen().state == "Empty");
  CHECK(seen().members.value().empty());
  CHECK(commits() == kafka::Commits{{{name, 0}, 0}, {{name, 2}, 0}});
}

TEST_CASE_METHOD(OnGroup, "commits are set and taken away in one go, and read back") {
  send(0, 5);
  admin.set_group_offsets(group, {{{name, 0}, 4}, {{name, 1}, 0}}, until);
  CHECK(seen().simple);
  admin.set_group_offsets(group, {{{name, 0}, std::nullopt}, {{name, 2}, 0}}, until);
  CHECK(commits() == kafka::Commits{{{name, 1}, 0}, {{name, 2}, 0}});
}

TEST_CASE_METHOD(OnGroup, "what is unread is counted where it is near, bounded where it is far, with the time of the first record") {
  send(0, 10);
  send(1, 5000);
  const auto found = unread({{{name, 0}, 10 - 4}, {{name, 0}, 9}, {{name, 1}, 0}, {{name, 1}, 2000}, {{name, 1}, 4500}});
  const auto at = [&](int partition, std::int64_t offset) { return found.at({{name, partition}, offset}).value(); };
  CHECK(at(0, 6).records == 4);
  CHECK(at(0, 6).exact);
  CHECK(at(0, 6).first->time_since_epoch() == 1006ms);
  CHECK(at(0, 9).records == 1);
  CHECK(at(1, 0).records == 5000);
  CHECK_FALSE(at(1, 0).exact);
  CHECK(at(1, 0).first->time_since_epoch() == 1000ms);
  CHECK(at(1, 2000).records == 3000);
  CHECK(at(1, 2000).first->time_since_epoch() == 3000ms);
  CHECK(at(1, 4500).records == 500);
  CHECK(at(1, 4500).exact);
  CHECK(at(1, 4500).first->time_since_epoch() == 5500ms);
}

TEST_CASE_METHOD(OnGroup, "hundreds of places in one partition are found in one pass") {
  send(0, 20'000);
  std::vector<kafka::Place> places;
  for (int i = 0; i < 200; ++i) places.push_back({{name, 0}, i * 97});
  const auto began = Deadline::clock::now();
  const auto found = unread(places);
  CHECK(Deadline::clock::now() - began < 10s);
  for (const auto& place : places)
    CHECK(found.at(place).value().first->time_since_epoch() == std::chrono::milliseconds{1000 + place.second});
}

TEST_CASE_METHOD(OnGroup, "markers and aborted records are not unread") {
  const kafka::Partition partition{name, 0};
  for (const auto& [count, committed] : {std::pair{3, true}, std::pair{4, false}, std::pair{2, true}, std::pair{5, false}})
    oracle::transact(name, records(0, count), committed);
  wait_for_markers(name, 3);
  REQUIRE(cluster.offsets({&partition, 1}, At::latest, until).at(partition).value() == 4 + 5 + 3 + 6);  // a marker each
  const auto found = unread({{partition, 0}, {partition, 3}, {partition, 9}, {partition, 11}});
  const auto at = [&](std::int64_t offset) { return found.at({partition, offset}).value(); };
  CHECK(at(0).records == 5);
  CHECK(at(3).records == 2);  // at the first marker
  CHECK(at(3).first->time_since_epoch() == 1000ms);
  CHECK(at(9).records == 2);
  CHECK(at(11).records == 0);
  CHECK(at(11).exact);
  CHECK_FALSE(at(11).first.has_value());
}

TEST_CASE_METHOD(OnGroup, "a topic that cannot be read costs only itself") {
  send(0, 3);
  const kafka::Place missing{{name + "-missing", 0}, 0}, here{{name, 0}, 1};
  const auto found = kafka::unread(settings, {missing, here}, {{missing.first, 5}, {here.first, 3}}, kafka::Reader::Isolation::committed,
                                   quiet, until.within(20s));
  CHECK(found.at(here).value().records == 2);
  CHECK(found.at(missing).error().code() == Code::not_found);
}
