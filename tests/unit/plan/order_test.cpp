#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "plan/order.hpp"

using namespace ctl;
namespace {

Project shop() {
  Project project;
  project.migrations = {{.id = "0001_core"},
                        {.id = "0002_retire", .phase = Migration::Phase::contract},
                        {.id = "0003_drop", .phase = Migration::Phase::contract, .run_by = Migration::RunBy::finalize}};
  project.topics = {{.name = "shop.clicks"}};
  project.tables = {{.table = {"public", "clicks"}, .topic = "shop.clicks"}};
  project.connectors = {{.name = "cdc"}};
  return project;
}

std::vector<std::string> names(const std::vector<plan::Stop>& order) {
  std::vector<std::string> all;
  for (const auto& stop : order) all.push_back(stop.phase + " " + to_string(stop.resource));
  return all;
}

}  // namespace

TEST_CASE("deploy proves every row and narrows the connector before it retires a table, and never drops one") {
  CHECK(names(plan::deploy_order(shop())) ==
        std::vector<std::string>{"schema schema/0001_core", "schema access/cdc", "topics topic/shop.clicks", "backfill data/public.clicks",
                                 "fence gate/writers-gone", "fence gate/fence", "reconcile parity/public.clicks", "connector connector/cdc",
                                 "retire schema/0002_retire"});
}

TEST_CASE("rollback brings the tables back before anything else, and widens the connector after") {
  CHECK(names(plan::rollback_order(shop())) == std::vector<std::string>{"restore schema/0002_retire", "restore gate/unfence",
                                                                        "replay data/public.clicks", "final gate/writers-gone",
                                                                        "reconcile parity/public.clicks", "connector connector/cdc",
                                                                        "topics topic/shop.clicks"});
}

TEST_CASE("the option --until keeps the phases up to the named one") {
  const auto cut = plan::up_to(plan::deploy_order(shop()), "deploy", "topics");
  CHECK(names(cut) == std::vector<std::string>{"schema schema/0001_core", "schema access/cdc", "topics topic/shop.clicks"});
  CHECK(plan::up_to(plan::deploy_order(shop()), "deploy", "").size() == plan::deploy_order(shop()).size());
}

TEST_CASE("an unknown phase is a usage error that names the nearest one") {
  try {
    static_cast<void>(plan::up_to(plan::deploy_order(shop()), "deploy", "topcs"));
    FAIL("no error");
  } catch (const Error& e) {
    CHECK(e.code() == Code::usage);
    CHECK(e.text().hint == "did you mean topics?");
  }
}
