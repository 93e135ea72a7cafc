#include <thread>

#include "project.hpp"
#include "support/cart_events.hpp"

namespace {

/// 200 rows, copied; then what the tool knows of that copy is not true any more.
struct Copied : Project {
  Copied() {
    write("7d", 3, {}, ", " + shop::source);
    database().run(shop::tables + shop::insert_events(200));
    REQUIRE(backfill().status == 0);
  }
  [[nodiscard]] process::Ended backfill(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> typed{"events", "backfill", "--yes"};
    typed.insert(typed.end(), more.begin(), more.end());
    return run(typed);
  }
  /// As after a restore into another cluster, or a lost checkpoint: nothing is known of the copy.
  void forget_the_copy() const {
    const auto key = "mykartctl." + database().value("select system_identifier from pg_control_system()") + "." + database().name() +
                     ".public.cart_events." + two();
    oracle::transact("mykartctl.checkpoints", {{.partition = 0, .time_ms = 1, .key = key, .value = std::nullopt}}, true);
  }
  [[nodiscard]] std::string verdict() const {
    return oracle::exactly_once(database().url(), "select cart_event_id from cart_events", two(), "cart_events");
  }
  /// Plan, preflight and backfill say so, and no row is sent.
  void refuses(const std::string& why) const {
    const auto before = oracle::read(two()).size();
    const auto plan = run({"plan", "--until", "backfill"});
    CHECK(has(plan.out, "data/public.cart_events is blocked: " + why));
    const auto checks = run({"preflight", "--only", "data"});
    CHECK(checks.status == 4);
    CHECK(has(checks.out, why));
    const auto copied = backfill();
    CHECK(copied.status == 5);
    CHECK(has(copied.err, why));
    CHECK(oracle::read(two()).size() == before);
  }
};

}  // namespace

TEST_CASE("A topic that holds events of the table without a checkpoint is refused before a row is sent, and adopted when it is right") {
  const Copied project;
  project.forget_the_copy();
  project.database().run(shop::insert_events(50));
  project.refuses("topic " + project.two() + " holds events of public.cart_events already");
  const auto adopted = project.backfill({"--adopt"});
  CHECK(adopted.status == 0);
  CHECK(has(adopted.err, project.two() + ": 200 events of its rows adopted, to id 200"));
  CHECK(project.verdict() == "");
  CHECK(project.run({"events", "reconcile"}).status == 0);
  CHECK(project.backfill({"--adopt"}).status == 0);  // nothing to do
}

TEST_CASE("Rows below the last event that is adopted are told, and sent by a repair") {
  const Copied project;
  project.forget_the_copy();
  project.database().run("insert into cart_events values (-7, 1, 1, 'added', '2024-01-01')");
  const auto adopted = project.backfill({"--adopt"});
  CHECK(adopted.status == 0);
  CHECK(has(adopted.err, "1 row below that has none: mykartctl events reconcile cart_events --repair"));
  CHECK(project.run({"events", "reconcile", "--repair", "--yes"}).status == 0);
}

TEST_CASE("What is not as the rows say is not adopted, and a topic of another name is the way on") {
  Copied project;
  project.forget_the_copy();
  SECTION("a row was changed") { project.database().run("update cart_events set quantity = 77 where cart_event_id = 5"); }
  SECTION("an event is there twice") { oracle::produce(project.two(), {oracle::read(project.two()).front()}); }
  SECTION("a row is gone") { project.database().run("delete from cart_events where cart_event_id = 5"); }
  const auto adopted = project.backfill({"--adopt"});
  CHECK(adopted.status == 1);
  CHECK(has(adopted.err, "are not what its rows say"));
  CHECK(project.backfill().status == 5);  // there is still no checkpoint
  const auto compared = project.run({"events", "reconcile"});
  CHECK(compared.status == 4);
  CHECK(has(compared.out, "the way on is a new topic and a new copy"));

  project.rename_two("three");
  CHECK(project.backfill().status == 0);
  CHECK(project.verdict() == "");
  CHECK(project.run({"events", "reconcile"}).status == 0);
}

TEST_CASE("A topic that was deleted, or made anew and filled by others, is refused although there is nothing to move") {
  const Copied project;
  oracle::remove_topic(project.two());
  const auto gone = project.backfill();
  CHECK(gone.status == 5);
  CHECK(has(gone.err, "topic " + project.two() + " does not exist any more, and public.cart_events was copied to it up to id 200"));
  CHECK(has(project.run({"status"}).out, "does not exist any more"));
  if (project.exists(project.two())) oracle::remove_topic(project.two());

  oracle::create_topic(project.two(), 3);
  std::vector<oracle::Record> others;
  for (int i = 0; i < 900; ++i) others.push_back({.partition = i % 3, .key = "product-1", .value = "{}"});
  oracle::produce(project.two(), others);  // more than there were
  project.refuses("topic " + project.two() + " is not the one that public.cart_events was copied to: its id is ");
  CHECK(has(project.run({"status"}).out, "It has been made anew"));
}

TEST_CASE("Ids that begin anew below the checkpoint are refused with both numbers") {
  const Copied project;
  const std::string copied = "the ids of public.cart_events begin anew: it was copied up to id 200, and ";
  SECTION("there are fewer rows") {
    project.database().run("truncate cart_events restart identity; " + shop::insert_events(90));
    project.refuses(copied + "its highest id is 90");
  }
  SECTION("there are no rows yet") {
    project.database().run("truncate cart_events restart identity");
    project.refuses(copied + "it is empty, and its sequence public.cart_events_cart_event_id_seq has given no id yet");
  }
  SECTION("the sequence was set back") {
    project.database().run("select setval('cart_events_cart_event_id_seq', 60)");
    project.refuses(copied + "its sequence public.cart_events_cart_event_id_seq stands at 60");
  }
}
