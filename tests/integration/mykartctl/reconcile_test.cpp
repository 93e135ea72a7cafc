#include <catch2/catch.hpp>
#include <fstream>

#include "project.hpp"
#include "support/cart_events.hpp"

namespace {

/// A table whose rows are copied, but for one in ten: those were committed when later ones had been.
struct Copied : Project {
  Copied() {
    write("7d", 3, {}, ", " + shop::source);
    database().run(shop::tables + shop::insert_events(1000) +
                   "; create table late as select * from cart_events where cart_event_id % 10 = 5; delete from cart_events where "
                   "cart_event_id % 10 = 5");
    const auto copied = run({"events", "backfill", "--yes"});
    INFO(copied.err);
    REQUIRE(copied.status == 0);
    database().run("insert into cart_events select * from late");
  }
};

/// A number of the first table of an answer.
std::int64_t number(const process::Ended& ended, const std::string& key) {
  INFO(ended.out + ended.err);
  const auto answer = ctl::parse_json(ended.out, "answer");
  const auto* tables = answer.find("tables");
  REQUIRE(tables != nullptr);
  const auto* value = tables->list()->front().find(key);
  REQUIRE(value != nullptr);
  return *value->integer();
}

}  // namespace

TEST_CASE("A repair is shown, asked for and journalled, and afterwards the table is equal to its topic") {
  const Copied project;
  const auto before = project.run({"events", "reconcile", "-o", "json"});
  CHECK(before.status == 4);
  CHECK(number(before, "missing") == 100);
  CHECK(has(project.run({"events", "reconcile"}).out, "mykartctl events reconcile public.cart_events --repair"));

  const auto unasked = project.run({"events", "reconcile", "--repair"});
  CHECK(unasked.status == 5);
  CHECK(has(unasked.err, "100 rows that " + project.two() + " lacks"));
  CHECK(has(unasked.err, "needs a yes"));
  const auto dry = project.run({"events", "reconcile", "--repair", "--dry-run"});
  CHECK(dry.status == 4);
  CHECK(has(dry.out, "100 rows that " + project.two() + " lacks"));
  CHECK(number(project.run({"events", "reconcile", "-o", "json"}), "missing") == 100);

  const auto repaired = project.run({"events", "reconcile", "--repair", "--yes", "-o", "json"});
  CHECK(repaired.status == 0);
  CHECK(number(repaired, "missing") == 0);
  CHECK(number(repaired, "repaired") == 100);
  CHECK(has(repaired.out, "\"result\": \"done\""));
  CHECK(project.database().value("select command from mykartctl.run order by run desc limit 1") == "events reconcile --repair");
  CHECK(project.database().value("select before ->> 'missing' from mykartctl.step where phase = 'repair'") == "100");
  CHECK(project.run({"events", "reconcile", "--repair", "--yes"}).status == 0);  // nothing to do, nothing to ask
}

TEST_CASE("Rows that are not moved yet are no holes: the verdict is behind, and a repair leaves them to the copy") {
  const Copied project;
  REQUIRE(project.run({"events", "reconcile", "--repair", "--yes"}).status == 0);
  project.database().run(shop::insert_events(5));
  const auto behind = project.run({"events", "reconcile", "--repair", "--yes"});
  CHECK(behind.status == 4);
  CHECK(has(behind.out, "behind"));
  CHECK(has(behind.out, "5 rows after id 1000 not moved yet: mykartctl events backfill public.cart_events"));
  CHECK(project.run({"events", "backfill", "public.cart_events", "--yes"}).status == 0);
  CHECK(project.run({"events", "reconcile"}).status == 0);
}

TEST_CASE("All differences go to a file, whole or not at all") {
  const Copied project;
  const auto file = project.path("differences.jsonl");
  CHECK(project.run({"events", "reconcile", "--out", file}).status == 4);
  std::ifstream in{file};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  REQUIRE(lines.size() == 100);
  CHECK(lines[0] ==
        R"({"id":5,"partition":null,"offset":null,"kind":"missing","table":"public.cart_events","topic":")" + project.two() + "\"}");
  CHECK(project.run({"events", "reconcile", "--repair", "--dry-run", "--out", file}).status == 4);
  CHECK(std::ifstream{file}.peek() == '{');  // the differences, not the plan
  CHECK_FALSE(std::ifstream{file + ".part"});
  const auto nowhere = project.run({"events", "reconcile", "--out", "/nowhere/at/all"});
  CHECK(nowhere.status != 4);
  CHECK(has(nowhere.err, "cannot write /nowhere/at/all"));
}

TEST_CASE("Differences are shown as ranges of ids, and what one looks for comes last") {
  const Copied project;
  project.database().run(
      "delete from cart_events where cart_event_id between 901 and 904; insert into cart_events select 2000 + n, 1, 1, 'x', "
      "'2024-01-01 00:00:00.000001' from generate_series(1, 3) n");
  const auto shown = project.run({"events", "reconcile"});
  CHECK(shown.status == 4);
  INFO(shown.out);
  CHECK(has(shown.out, "extra    901-904"));
  CHECK(has(shown.out, "missing  5 "));
  CHECK(has(shown.out, "80 other ranges of ids not shown: --out FILE has all of them"));
  CHECK(has(shown.out, "3 rows differ from their event below the millisecond"));
  CHECK(shown.out.find("VERDICT") > shown.out.find("901-904"));
  const auto head = shown.out.substr(shown.out.rfind("TABLE  "));
  for (const auto* column : {"EXTRA", "NOT-MOVED", "VERDICT"}) CHECK(has(head, column));
  CHECK_FALSE(has(head, "REPAIRED"));
  const auto json = project.run({"events", "reconcile", "-o", "json"});
  CHECK(number(json, "extra") == 4);
  CHECK(number(json, "below_millisecond") == 3);
  CHECK(has(json.out, "\"examples\""));
}

TEST_CASE("A part of the table can be compared, and what makes no sense is refused") {
  const Copied project;
  CHECK(number(project.run({"events", "reconcile", "--since", "900", "-o", "json"}), "rows") == 101);
  CHECK(number(project.run({"events", "reconcile", "--since", "2024-01-01T00:15:00.123Z", "-o", "json"}), "missing") == 10);
  CHECK(number(project.run({"events", "reconcile", "--since", "-1h", "-o", "json"}), "rows") == 0);
  const auto sample = project.run({"events", "reconcile", "--sample", "1000"});
  CHECK(sample.status == 4);
  CHECK(has(sample.out, "a sample of 1,000 rows; it proves nothing about the others"));
  CHECK(number(project.run({"events", "reconcile", "--sample", "10", "-o", "json"}), "rows") == 10);

  const auto refused = [&](std::vector<std::string> words, const std::string& why) {
    words.insert(words.begin(), {"events", "reconcile"});
    const auto ended = project.run(words);
    CHECK(ended.status == 64);
    CHECK(has(ended.err, why));
  };
  refused({"--since", "yesterday"}, "--since: 'yesterday' is no id and no instant");
  refused({"--sample", "0"}, "no row is no sample");
  refused({"--sample", "some"}, "--sample: 'some' is no count");
  refused({"--sample", "5", "--repair"}, "--repair and --sample contradict each other");
  refused({"nothing"}, "no event table or topic nothing is declared");
}
