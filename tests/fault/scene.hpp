#pragma once
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <set>
#include <sstream>
#include <thread>

#include "support/cart_events.hpp"
#include "support/journal_tables.hpp"
#include "support/oracle.hpp"
#include "support/process.hpp"
#include "support/sandbox.hpp"

using namespace std::chrono_literals;

inline constexpr int killed = 128 + SIGKILL;

/// Every CTL_FAULT("<part>.…") of these parts that the sources have, so that a new one cannot be forgotten here.
inline std::set<std::string> fault_points(const std::set<std::string>& parts) {
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
  Scene() { database.run(shop::tables + journal_tables()); }

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

/// Until a fault point has stopped it.
inline void wait_until_stopped(const process::Child& child) {
  const auto state = [&] {
    std::ifstream in{"/proc/" + std::to_string(child.pid()) + "/stat"};
    std::string pid, name, letter;
    in >> pid >> name >> letter;
    return letter;
  };
  while (state() != "T") std::this_thread::sleep_for(5ms);
}

/// One is stopped at a fault point, another does the work, and the first wakes up: it is fenced.
inline void stop_and_succeed(const Scene& scene, const std::string& verb, const std::string& point) {
  process::Options options;
  options.environment["MYKARTCTL_FAULT"] = point + "=stop";
  process::Child first{scene.driver(verb), options};
  wait_until_stopped(first);
  CHECK(scene.run(verb) == 0);
  first.signal(SIGCONT);
  CHECK(first.wait(60s) == 4);
}

/// How often to kill at random: MYKARTCTL_KILLS, else few enough for every run of the tests.
inline int random_kills() {
  const char* wanted = std::getenv("MYKARTCTL_KILLS");
  return wanted != nullptr ? std::atoi(wanted) : 8;
}
