#include <catch2/catch.hpp>

#include "project.hpp"
#include "support/cart_events.hpp"
#include "support/consumer.hpp"

TEST_CASE("A plan and preflight name the groups to which old events come, and how many") {
  Project project;
  project.write("-1", 3, "", ", " + shop::source);
  project.database().run(shop::tables + shop::insert_events(3000));
  project.database().run("analyze");
  REQUIRE(project.run({"topics", "apply", "--yes"}).status == 0);
  const auto alone = project.run({"preflight", "-o", "json"}).out;
  CHECK(has(alone, "no group reads the topic"));

  const auto name = sandbox::unique("group");
  oracle::produce(project.two(), {{.key = "product-1", .value = R"({"product_id":1})"}});
  Consumer consumer{name, project.two()};
  consumer.read(1);  // a member that has never committed
  const auto planned = project.run({"events", "backfill", "--dry-run"});
  CHECK(has(planned.out, "group " + name + " reads " + project.two() + ": ~3,000 old events come to it\n"));
  const auto affected = [&] {
    const auto plan = ctl::parse_json(project.run({"events", "backfill", "--dry-run", "-o", "json"}).out, "stdout");
    return *plan.find("affected")->find("groups")->list();
  };
  const auto groups = affected();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].text_or("group", "") == name);
  CHECK(groups[0].text_or("topic", "") == project.two());
  CHECK(groups[0].integer_or("old_events", 0) == 3000);
  CHECK(has(project.run({"preflight"}).out, "will be read by group " + name));

  REQUIRE(project.run({"events", "backfill", "--yes"}).status == 0);
  CHECK(affected().empty());
  CHECK(has(project.run({"preflight"}).out, "all of them are in the topic"));
}
