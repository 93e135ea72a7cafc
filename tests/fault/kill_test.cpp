#include <random>

#include "scene.hpp"

namespace {

std::vector<oracle::Record> application_events(int n) {
  std::vector<oracle::Record> events;
  for (int i = 0; i < n; ++i)
    events.push_back({.key = "product-" + std::to_string(i % 40),
                      .value = "{\"product_id\":" + std::to_string(1 + i % 1001) + ",\"quantity\":1,\"event_type\":\"" + std::to_string(i) +
                               "\"}"});  // product 1001 is none
  return events;
}

}  // namespace

TEST_CASE("a mover killed at any of its fault points goes on exactly once") {
  const auto points = fault_points({"mover", "outlet", "rows"});
  REQUIRE(points.size() >= 5);
  const std::set<std::string> once_a_life{"outlet.after_fence", "outlet.before_checkpoint_read", "rows.before_copy"};
  for (const auto& point : points) {
    Scene scene;
    scene.database.run(shop::insert_events(12'000));
    INFO(point);
    CHECK(scene.run("move", point + "=kill") == killed);
    scene.database.run(shop::insert_events(12'000));
    if (!once_a_life.contains(point)) CHECK(scene.run("move", point + ":2=kill", 6000) == killed);
    CHECK(scene.run("move") == 0);
    CHECK(scene.verdict() == "");
  }
}

TEST_CASE("a mover killed at random while the shop inserts ends with every row once and in order") {
  Scene scene;
  scene.database.run(shop::insert_events(30'000));
  std::mt19937 random{static_cast<unsigned>(::getpid())};
  {
    const LiveShop live{scene.database};
    for (int i = 0; i < random_kills(); ++i) {
      process::Child child{scene.driver("move", 20'000)};
      std::this_thread::sleep_for(std::chrono::milliseconds{random() % 2500});
      child.kill();
      child.wait();
    }
  }
  CHECK(scene.run("move") == 0);
  CHECK(scene.verdict() == "");
}

TEST_CASE("a stopped mover that wakes up after its successor is fenced and gets nothing in") {
  Scene scene;
  scene.database.run(shop::insert_events(12'000));
  stop_and_succeed(scene, "move", "mover.mid_copy:3");
  CHECK(scene.verdict() == "");
}

TEST_CASE("no column gets another type between the mover's look at the catalog and its COPY") {
  Scene scene;
  scene.database.run(shop::insert_events(1000));
  process::Options options;
  options.environment["MYKARTCTL_FAULT"] = "rows.before_copy=stop";
  process::Child child{scene.driver("move"), options};
  wait_until_stopped(child);
  CHECK_THROWS_WITH(scene.database.run("set lock_timeout = '200ms'; alter table cart_events alter column quantity type numeric"),
                    Catch::Contains("lock timeout"));
  child.signal(SIGCONT);
  CHECK(child.wait(60s) == 0);
  CHECK(scene.verdict() == "");
}

TEST_CASE("a mover whose PostgreSQL session is ended in the middle stops with an error and goes on exactly once") {
  Scene scene;
  scene.database.run(shop::insert_events(300'000));  // more than fits into a socket
  process::Child child{scene.driver("move", 6000)};
  child.wait_for("moving");
  while (scene.database.value("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mover_driver' and "
                              "datname = current_database() and query like 'copy%' and state = 'active'") != "t")
    std::this_thread::sleep_for(20ms);
  CHECK(child.wait(60s) == 1);
  CHECK(scene.run("move") == 0);
  CHECK(scene.verdict() == "");
}

TEST_CASE("a replay killed at any of its fault points or at random makes every event one row or one dead letter") {
  const auto points = fault_points({"replay"});
  REQUIRE(points.size() >= 3);
  Scene scene;
  scene.database.run(shop::insert_events(3000));
  REQUIRE(scene.run("move") == 0);
  oracle::produce(scene.topic.name(), application_events(20'020));
  for (const auto& point : points) {
    INFO(point);
    CHECK(scene.run("replay", point + "=kill", 20'000) == killed);
  }
  std::mt19937 random{static_cast<unsigned>(::getpid())};
  for (int i = 0; i < random_kills(); ++i) {
    process::Child child{scene.driver("replay", 20'000)};
    std::this_thread::sleep_for(std::chrono::milliseconds{random() % 600});
    child.kill();
    child.wait();
  }
  CHECK(scene.run("replay") == 0);
  CHECK(scene.database.value("select count(*) from mykartctl.replayed r join cart_events c on c.cart_event_id = r.id") == "20000");
  CHECK(scene.database.value("select count(distinct event_type) from cart_events where event_type ~ '^[0-9]+$'") == "20000");
  CHECK(scene.database.value("select count(*) from cart_events") == "23000");
  CHECK(scene.database.value("select count(*) from mykartctl.dead_letter where reason = 'fk_missing'") == "20");
  CHECK(scene.database.value(
            "select sum(delivered) || ' ' || sum(inserted) || ' ' || sum(from_table) || ' ' || sum(dead) from mykartctl.ledger") ==
        "23020 20000 3000 20");
}
