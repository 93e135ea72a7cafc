#include "transfer/replay_start.hpp"

#include <catch2/catch.hpp>

using namespace ctl::transfer;

namespace {

const TopicNow fresh{.starts = {{0, 0}, {1, 0}}, .ends = {{0, 10}, {1, 20}}, .id = "a"};

}  // namespace

TEST_CASE("a first replay begins where the topic begins, or did when it was proved") {
  const auto start = judge_start({}, {}, fresh);
  CHECK(start.whole());
  CHECK(start.next == Offsets{{0, 0}, {1, 0}});
  auto removed = fresh;
  removed.starts = {{0, 4}, {1, 7}};
  const auto gone = judge_start({}, {}, removed);
  CHECK(gone.lost() == 11);
  CHECK(to_string(gone.gaps) == "partition 0 offsets 0 to 3, partition 1 offsets 0 to 6");
  CHECK(judge_start({}, {.firsts = {{0, 4}, {1, 7}}}, removed).whole());
  CHECK(judge_start({}, {.firsts = {{0, 4}, {1, 6}}}, removed).lost() == 1);
}

TEST_CASE("a replay goes on where it was, past what is gone only by count, and a partition that was added begins at its start") {
  const ReplayedTo known{.start = {{0, 0}}, .next = {{0, 6}}, .topic_id = "a"};
  const auto start = judge_start(known, {}, fresh);
  CHECK(start.whole());
  CHECK(start.next == Offsets{{0, 6}, {1, 0}});
  auto removed = fresh;
  removed.starts = {{0, 8}, {1, 0}};
  const auto gone = judge_start(known, {}, removed);
  CHECK(gone.lost() == 2);
  CHECK(gone.next == Offsets{{0, 8}, {1, 0}});
}

TEST_CASE("a topic that was made anew is known by its id, by its end, or by being gone; an id that is not known tells nothing") {
  const ReplayedTo known{.start = {{0, 0}}, .next = {{0, 6}}, .topic_id = "a"};
  auto other = fresh;
  other.id = "b";
  CHECK_FALSE(judge_start(known, {}, other).anew.empty());
  CHECK(judge_start(known, {}, other).next == Offsets{{0, 0}, {1, 0}});
  CHECK(judge_start(known, {}, other).lost() == 1);  // at least, or there would be nothing to accept
  CHECK_FALSE(judge_start({}, {.topic_id = "b"}, fresh).anew.empty());
  CHECK_FALSE(judge_start({}, {.ends = {{1, 21}}}, fresh).anew.empty());
  CHECK(judge_start({}, {.ends = {{1, 21}}}, fresh).lost() == 21);
  CHECK(judge_start(known, {.ends = {{1, 21}}, .topic_id = "b"}, fresh).whole());  // of an older one, whose loss was accepted
  other.id.reset();
  CHECK(judge_start(known, {}, other).whole());
  CHECK_FALSE(judge_start(known, {}, {}).whole());
  CHECK(judge_start({}, {}, {}).whole());  // there never was one
}
