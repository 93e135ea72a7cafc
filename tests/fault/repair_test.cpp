#include <map>
#include <random>

#include "scene.hpp"

namespace {

/// A table of which every third row was committed when all others had been moved already.
struct Holes : Scene {
  explicit Holes(int rows) {
    database.run(shop::insert_events(rows) +
                 "; create table late as select * from cart_events where cart_event_id % 3 = 1; delete from cart_events where "
                 "cart_event_id % 3 = 1");
    REQUIRE(run("move") == 0);
    database.run("insert into cart_events select * from late");
  }
  /// "" when each row is in the topic once, and nothing else is. Their order is that of the repair.
  [[nodiscard]] std::string each_once() const {
    std::map<std::int64_t, int> times;
    for (const auto& record : oracle::read(topic.name()))
      if (const auto id = oracle::id_of(record, "cart_events")) ++times[*id];
    const auto ids = oracle::ids(database.url(), "select cart_event_id from cart_events");
    for (const auto id : ids)
      if (times[id] != 1) return "id " + std::to_string(id) + " is there " + std::to_string(times[id]) + " times";
    return times.size() == ids.size() ? "" : "there are events without a row";
  }
};

}  // namespace

TEST_CASE("a repair killed at any of its fault points sends every missing row once when it is run again") {
  const auto points = fault_points({"repair", "outlet"});
  REQUIRE(points.size() >= 6);
  for (const auto& point : points) {
    const Holes scene{39'999};  // more than one transaction of holes
    INFO(point);
    CHECK(scene.run("repair", point + "=kill") == killed);
    if (point == "outlet.before_commit" || point == "outlet.after_commit") CHECK(scene.run("repair", point + "=kill") == killed);
    CHECK(scene.run("repair") == 0);
    CHECK(scene.each_once() == "");
  }
}

TEST_CASE("repairs and movers killed at random while the shop inserts leave every row once") {
  const Holes scene{39'999};
  std::mt19937 random{static_cast<unsigned>(::getpid())};
  {
    const LiveShop live{scene.database};
    for (int i = 0; i < random_kills(); ++i) {
      process::Child repair{scene.driver("repair")}, mover{scene.driver("move", 20'000)};  // each fences the other
      repair.wait_for("repairing");
      std::this_thread::sleep_for(std::chrono::milliseconds{random() % 500});
      repair.kill();
      mover.kill();
      repair.wait();
      mover.wait();
    }
  }
  CHECK(scene.run("move") == 0);
  CHECK(scene.run("repair") == 0);
  CHECK(scene.each_once() == "");
}

TEST_CASE("a stopped repair that wakes up after its successor is fenced and gets nothing in") {
  const Holes scene{12'000};
  stop_and_succeed(scene, "repair", "repair.mid_copy:100");
  CHECK(scene.each_once() == "");
}
