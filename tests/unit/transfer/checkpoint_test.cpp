#include "transfer/checkpoint.hpp"

#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "support/cart_events.hpp"
#include "transfer/conflict.hpp"

using namespace ctl;
using transfer::Checkpoint;

TEST_CASE("a checkpoint is read back as it was written, also before the first row and with negative ids") {
  for (const auto& written :
       {Checkpoint{}, Checkpoint{-5, 1, 0, {{0, 0}}}, Checkpoint{9'223'372'036'854'775'807, 10, 2, {{0, 7}, {1, 0}, {11, 99}}}}) {
    const auto read = transfer::checkpoint_from(transfer::to_bytes(written, shop::cart_events()));
    CHECK(read.last_id == written.last_id);
    CHECK(read.rows == written.rows);
    CHECK(read.rejected == written.rejected);
    CHECK(read.ends == written.ends);
  }
}

TEST_CASE("what is no checkpoint is said to be none, not read as the beginning") {
  for (const auto* bytes :
       {"", "null", "{}", "{\"last_id\":1}", "{\"last_id\":\"1\",\"rows\":1,\"rejected\":0,\"ends\":{}}", "{\"rows\":1,\"rejected\":0}"})
    CHECK_THROWS_AS(transfer::checkpoint_from(bytes), Error);
}

TEST_CASE("a topic that cannot be the one that was written to is refused") {
  const auto table = shop::cart_events();
  const Checkpoint at{100, 90, 0, {{0, 30}, {1, 40}, {2, 31}}};
  CHECK_NOTHROW(transfer::check_same_topic(at, table, {{0, 30}, {1, 40}, {2, 31}}, std::nullopt));
  CHECK_NOTHROW(transfer::check_same_topic(Checkpoint{}, table, {{0, 0}}, std::nullopt));
  CHECK_THROWS_WITH(transfer::check_same_topic(at, table, {{0, 30}, {1, 39}, {2, 31}}, std::nullopt),
                    Catch::Contains("partition 1 ends at offset 39 and had reached 40"));
  CHECK_THROWS_WITH(transfer::check_same_topic(at, table, {{0, 30}, {1, 40}, {2, 31}, {3, 0}}, std::nullopt),
                    Catch::Contains("4 partitions, and had 3"));
  CHECK_THROWS_WITH(transfer::check_same_topic({100, 90, 0, {{0, 0}}}, table, {{0, 89}}, std::nullopt),
                    Catch::Contains("90 events were written, and it has taken 89"));
}

TEST_CASE("a topic with another id is another one, however far it reaches; where ids are not known the offsets decide") {
  const auto table = shop::cart_events();
  Checkpoint at{100, 90, 0, {{0, 30}, {1, 40}, {2, 31}}};
  const transfer::Offsets further{{0, 300}, {1, 400}, {2, 310}};
  CHECK_NOTHROW(transfer::check_same_topic(at, table, further, "the id"));
  at.topic_id = "the id";
  CHECK_NOTHROW(transfer::check_same_topic(at, table, further, "the id"));
  CHECK_NOTHROW(transfer::check_same_topic(at, table, further, std::nullopt));
  CHECK_THROWS_WITH(transfer::check_same_topic(at, table, further, "another id"), Catch::Contains("made anew"));
}
