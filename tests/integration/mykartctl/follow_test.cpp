#include <catch2/catch.hpp>
#include <csignal>

#include "project.hpp"
#include "support/cart_events.hpp"
#include "support/oracle.hpp"

namespace {

using namespace std::chrono_literals;

struct Shop : Project {
  Shop() {
    write("7d", 3, {}, ", " + shop::source);
    database().run(shop::tables + shop::insert_events(1000));
  }
};

}  // namespace

TEST_CASE("A tail brings each row within a second, tells its lag, is one run, and ends well by Ctrl-C") {
  const Shop shop;
  process::Child tail{tool::command({"events", "backfill", "--follow", "--yes", "--progress", "json"}), shop.options()};
  tail.wait_for(R"("task":"tail cart_events")");
  for (int i = 0; i < 5; ++i) {
    shop.database().run(shop::insert_events(1));
    const auto committed = std::chrono::steady_clock::now();
    const auto wanted = static_cast<std::size_t>(1001 + i);
    while (oracle::read(shop.two()).size() < wanted) REQUIRE(std::chrono::steady_clock::now() - committed < 20s);
    CHECK(std::chrono::steady_clock::now() - committed < 3s);  // half a second where nothing else runs; tests/bench has the figure
  }
  tail.wait_for(R"("done":5,"total":null)");
  CHECK(tail.err().find(R"("lag":0,)") != std::string::npos);
  tail.signal(SIGINT);
  INFO(tail.err());
  CHECK(tail.wait() == 0);
  CHECK(shop.database().value("select count(*) from mykartctl.run") == "1");
  CHECK(shop.database().value("select result from mykartctl.run") == "done");
}

TEST_CASE("A tail with nothing to copy before it begins at once, and --timeout is its end") {
  const Shop shop;
  REQUIRE(shop.run({"events", "backfill", "--yes"}).status == 0);
  const auto ended = shop.run({"events", "backfill", "--follow", "--yes", "--timeout", "2s"});
  INFO(ended.err);
  CHECK(ended.status == 0);
  CHECK(shop.run({"events", "reconcile"}).status == 0);
}

TEST_CASE("A backfill ends although the shop writes on") {
  const Shop shop;
  process::Child writer{{"psql", "-X", "-q", shop.database().url(), "-c",
                         "do $$ begin loop insert into cart_events (product_id, quantity, event_type) values (1, 1, 'added'); commit; "
                         "perform pg_sleep(0.002); end loop; end $$"}};
  const auto ended = shop.run({"events", "backfill", "--yes"});
  INFO(ended.err);
  CHECK(ended.status == 0);
  CHECK(writer.running());
}

TEST_CASE("A time zone that PostgreSQL does not know is refused before anything starts, by preflight and by the plan") {
  Project project;
  auto source = shop::source;
  source.replace(source.find("UTC"), 3, "Europe/Berln");
  project.write("7d", 3, {}, ", " + source);
  project.database().run(shop::tables + shop::insert_events(10));
  CHECK(has(project.run({"preflight"}).out, "Europe/Berln (manifest) is unknown to PostgreSQL: time zone \"Europe/Berln\" not recognized"));
  const auto refused = project.run({"events", "backfill", "--yes"});
  CHECK(refused.status == 5);
  CHECK_THAT(refused.err, Catch::Contains("time zone \"Europe/Berln\" not recognized") && Catch::Contains("correct source.time_zone in "));
}

TEST_CASE("A table whose ids do not ascend is refused by name, with the statement that mends it") {
  const Shop shop;
  const std::string sequence = "cart_events_cart_event_id_seq";
  const auto refused = [&](const std::string& change) {
    shop.database().run("alter sequence " + sequence + " " + change);
    auto ended = shop.run({"events", "backfill", "--yes"});
    CHECK(ended.status == 5);
    return ended.err;
  };
  CHECK_THAT(refused("cache 20"), Catch::Contains("in blocks of 20") && Catch::Contains("cache 1"));
  CHECK_THAT(refused("cache 1 cycle"), Catch::Contains("begins anew at its end") && Catch::Contains("no cycle"));
  CHECK_THAT(refused("no cycle increment 50"), Catch::Contains("counts by 50"));
  CHECK_THAT(refused("no cycle increment -1 minvalue -1000000"), Catch::Contains("hands out descending ids"));
  shop.database().run("alter sequence " + sequence + " increment 1");
  CHECK(shop.run({"events", "backfill", "--yes"}).status == 0);
}
