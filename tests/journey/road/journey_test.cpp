#include <catch2/catch.hpp>

#include <random>

#include "shop.hpp"
#include "support/expect_status.hpp"

using namespace std::chrono_literals;
namespace {

std::mt19937& dice() {
  static std::mt19937 engine{std::random_device{}()};
  return engine;
}

/// Runs the command again and again with kill -9 at random moments, then once to its end. Whatever was killed, the same command goes on.
process::Ended stubbornly(Shop& shop, const std::vector<std::string>& command, int kills) {
  std::uniform_int_distribution<int> after{20, 6000};
  for (int i = 0; i < kills; ++i) {
    const auto ms = after(dice());
    INFO("killed after " << ms << " ms");
    if (!shop.ctl_killed(command, std::chrono::milliseconds{ms})) break;
  }
  return shop.ctl(command);
}

/// Each row that the tables (now in `schema`) hold is in its topic exactly once, except rows that a rollback made out of events.
void every_row_is_in_its_topic_once(const Shop& shop, const std::string& schema) {
  for (const auto& [table, names] : event_tables) {
    const auto events = shop.events(table, names.first);
    INFO(table);
    CHECK(events.ordered);
    for (const auto& [id, times] : events.from_table)
      if (times != 1) FAIL_CHECK("id " << id << " is there " << times << " times");
    const auto rows =
        std::stoull(shop.database().value("select count(*) from " + schema + "." + table +
                                          " t where not exists (select from mykartctl.replayed r where r.table_name = 'public." + table +
                                          "' and r.id = t." + names.second + ")"));
    CHECK(events.from_table.size() == rows);
  }
}

std::uint64_t application_events(const Shop& shop) {
  std::uint64_t sum = 0;
  for (const auto& [table, names] : event_tables) sum += shop.events(table, names.first).from_application;
  return sum;
}

}  // namespace

TEST_CASE("a cold migration is one deploy, and its rollback one rollback") {
  Shop shop{20'000};
  const auto before = shop.core_digest();
  const auto rows = shop.rows();
  EXPECT_STATUS(shop.ctl({"deploy", "--yes"}), 0);
  CHECK(shop.public_tables() == std::vector<std::string>{"order_line_items", "orders", "products"});
  every_row_is_in_its_topic_once(shop, "mykart_retired");
  EXPECT_STATUS(shop.ctl({"verify", "--deep"}), 0);
  EXPECT_STATUS(shop.ctl({"plan", "--exit-code"}), 0);  // after apply the next plan is empty

  EXPECT_STATUS(shop.ctl({"rollback", "--yes"}), 0);
  CHECK(shop.public_tables().size() == 7);
  CHECK(shop.rows() == rows);
  EXPECT_STATUS(shop.ctl({"verify"}), 0);
  CHECK(shop.core_digest() == before);
}

TEST_CASE("the whole road under load, killed at random moments, loses and doubles nothing") {
  Shop shop{20'000};
  const auto before = shop.core_digest();
  const auto first_rows = static_cast<std::uint64_t>(shop.rows());
  const std::vector<std::string> deploy{"deploy", "--yes"}, rollback{"rollback", "--yes"};

  shop.open(false);
  EXPECT_STATUS(stubbornly(shop, deploy, 4), 3);  // waits for the application
  shop.close();
  shop.open(true);
  EXPECT_STATUS(stubbornly(shop, deploy, 4), 0);
  CHECK(static_cast<std::uint64_t>(shop.rows("mykart_retired")) == first_rows + shop.acknowledged(false));
  every_row_is_in_its_topic_once(shop, "mykart_retired");
  EXPECT_STATUS(shop.ctl({"verify"}), 0);

  EXPECT_STATUS(stubbornly(shop, {"rollback", "--until", "restore", "--yes"}, 2), 0);
  CHECK(shop.public_tables().size() == 7);
  EXPECT_STATUS(stubbornly(shop, rollback, 3), 3);  // the shop still writes to the topics
  shop.close();
  const auto sent = shop.acknowledged(true);
  shop.open(false);
  EXPECT_STATUS(stubbornly(shop, rollback, 3), 0);
  shop.close();
  EXPECT_STATUS(shop.ctl({"verify"}), 0);

  CHECK(application_events(shop) == sent);
  const auto dead = std::stoull(shop.database().value("select count(*) from mykartctl.dead_letter"));
  const auto replayed = std::stoull(shop.database().value("select count(*) from mykartctl.replayed"));
  CHECK(replayed + dead == sent);  // every event is a row or a dead letter with its reason
  CHECK(static_cast<std::uint64_t>(shop.rows()) == first_rows + shop.acknowledged(false) + replayed);
  CHECK(shop.core_digest() == before);

  // and forward again: what came back from the topic is not published a second time
  EXPECT_STATUS(stubbornly(shop, deploy, 2), 0);
  every_row_is_in_its_topic_once(shop, "mykart_retired");
  CHECK(application_events(shop) == sent);
}
