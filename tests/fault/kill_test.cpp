#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "sql/queries.hpp"
#include "support/cart_events.hpp"
#include "support/oracle.hpp"
#include "support/process.hpp"
#include "support/sandbox.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int killed = 128 + SIGKILL;

/// Every CTL_FAULT("<part>.…") of these parts that the sources have, so that a new one cannot be forgotten here.
std::set<std::string> fault_points(const std::set<std::string>& parts) {
  std::set<std::string> points;
  const std::string mark = "CTL_FAULT(\"";
  for (const auto& file : std::filesystem::directory_iterator{PROJECT_DIR "/lib/transfer"}) {
    std::ifstream in{file.path()};
    std::stringstream text;
    text << in.rdbuf();
    for (auto at = text.str().find(mark); at != std::string::npos; at = text.str().find(mark, at + 1)) {
      const auto begin = at + mark.size();
      const auto name = text.str().substr(begin, text.str().find('"', begin) - begin);
      if (parts.contains(name.substr(0, name.find('.')))) points.insert(name);
    }
  }
  return points;
}

struct Scene {
  sandbox::Database database{"fault"};
  sandbox::Topic topic{"fault", 3, "retention.ms=-1"};
  Scene() { database.run(shop::tables + std::string{ctl::sql::journal_schema}); }

  [[nodiscard]] std::vector<std::string> driver(const std::string& verb, int rate = 0) const {
    return {BINARY_DIR "/mover_driver", verb, database.url(), topic.name(), std::to_string(rate)};
  }
  [[nodiscard]] int run(const std::string& verb, const std::string& fault = "", int rate = 0) const {
    process::Options options;
    if (!fault.empty()) options.environment["MYKARTCTL_FAULT"] = fault;
    const auto ended = process::run(driver(verb, rate), options, {}, 90s);
    if (ended.status == 1) UNSCOPED_INFO(ended.err);
    return ended.status;
  }
  [[nodiscard]] std::string verdict() const {
    return oracle::exactly_once(database.url(),
                                "select cart_event_id from cart_events where cart_event_id not in (select id from mykartctl.replayed)",
                                topic.name(), "cart_events");
  }
};

/// The shop, inserting, rolling back and dawdling for as long as it lives.
class LiveShop {
 public:
  explicit LiveShop(const sandbox::Database& database)
      : writer_{[this, url = database.url()] {
          pqxx::connection connection{url};
          pqxx::nontransaction work{connection};
          for (int i = 0; !stop_; ++i) {
            work.exec("begin; " + shop::insert_events(1 + i % 50));
            if (i % 13 == 5) std::this_thread::sleep_for(30ms);
            work.exec(i % 5 == 2 ? "rollback" : "commit");
            std::this_thread::sleep_for(2ms);
          }
        }} {}
  ~LiveShop() {
    stop_ = true;
    writer_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread writer_;
};

std::vector<oracle::Record> application_events(int n) {
  std::vector<oracle::Record> events;
  for (int i = 0; i < n; ++i)
    events.push_back({.key = "product-" + std::to_string(i % 40),
                      .value = "{\"product_id\":" + std::to_string(1 + i % 1001) + ",\"quantity\":1,\"event_type\":\"" + std::to_string(i) +
                               "\"}"});  // product 1001 is none
  return events;
}

/// How often to kill at random: MYKARTCTL_KILLS, else few enough for every run of the tests.
int random_kills() {
  const char* wanted = std::getenv("MYKARTCTL_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 8;
}

}  // namespace

TEST_CASE("a mover killed at any of its fault points goes on exactly once") {
  const auto points = fault_points({"mover", "outlet"});
  REQUIRE(points.size() >= 5);
  for (const auto& point : points) {
    Scene scene;
    scene.database.run(shop::insert_events(12'000));
    INFO(point);
    CHECK(scene.run("move", point + "=kill") == killed);
    scene.database.run(shop::insert_events(12'000));
    const bool repeated = point != "outlet.after_fence" && point != "outlet.before_checkpoint_read";  // once a life
    if (repeated) CHECK(scene.run("move", point + ":2=kill", 6000) == killed);
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
  process::Options options;
  options.environment["MYKARTCTL_FAULT"] = "mover.mid_copy:3=stop";
  process::Child first{scene.driver("move"), options};
  const auto state = [&] {
    std::ifstream in{"/proc/" + std::to_string(first.pid()) + "/stat"};
    std::string pid, name, letter;
    in >> pid >> name >> letter;
    return letter;
  };
  while (state() != "T") std::this_thread::sleep_for(5ms);
  CHECK(scene.run("move") == 0);
  first.signal(SIGCONT);
  CHECK(first.wait(60s) == 4);
  CHECK(scene.verdict() == "");
}

TEST_CASE("a mover whose PostgreSQL session is ended in the middle stops with an error and goes on exactly once") {
  Scene scene;
  scene.database.run(shop::insert_events(60'000));
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
