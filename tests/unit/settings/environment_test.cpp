#include <catch2/catch.hpp>

#include <cstdlib>

#include "given.hpp"

using namespace ctl;
using namespace ctl::settings;

TEST_CASE("libpq's variables count only when nothing else names the database") {
  Shop shop;
  shop.variable("PGHOST", "db").variable("PGDATABASE", "other").variable("PGPASSWORD", "x");
  auto s = shop.resolve();
  CHECK(s.database.value == "host=db user=admin dbname=other");
  CHECK(s.database.origin == "PGHOST, PGDATABASE");
  CHECK(s.forget.empty());

  shop.file("database: postgresql://admin@staging/shop\n");
  s = shop.resolve();
  CHECK(s.database.value == "postgresql://admin@staging/shop");
  CHECK(s.forget == std::vector<std::string>{"PGHOST", "PGDATABASE"});  // they would fill in what the URL leaves open
}

TEST_CASE("libpq's variables are written out in its own form") {
  CHECK(Shop{}.variable("PGHOST", "/var/run/my socket").variable("PGPORT", "5433").resolve().database.value ==
        "host='/var/run/my socket' port=5433 user=admin dbname=shop");
  CHECK(Shop{}.variable("PGHOSTADDR", "10.0.0.7").variable("PGUSER", "ops").resolve().database.value ==
        "hostaddr=10.0.0.7 user=ops dbname=shop");
  CHECK(Shop{}.variable("PGSERVICE", "prod").variable("PGHOST", "x").resolve().database.value == "service=prod");
  CHECK(Shop{}.variable("PGPASSWORD", "x").variable("PGSSLMODE", "require").resolve().database.origin == "default");
}

TEST_CASE("the environment of the process can be read, and variables taken out of it") {
  ::setenv("MYKARTCTL_TEST_VARIABLE", "a=b", 1);
  CHECK(read_environment().at("MYKARTCTL_TEST_VARIABLE") == "a=b");
  const std::vector<std::string> names{"MYKARTCTL_TEST_VARIABLE"};
  forget(names);
  CHECK(read_environment().count("MYKARTCTL_TEST_VARIABLE") == 0);
}

TEST_CASE("the project is the nearest folder with topics.yaml, not beyond the repository") {
  Shop shop;
  shop.folder.file("topics.yaml", "").file("repo/.git/HEAD", "").file("repo/a/b/x", "").file("free/a/x", "");
  shop.given.folder = shop.folder.path("free/a");
  CHECK(project_folder(shop.given) == shop.folder.path());

  shop.given.folder = shop.folder.path("repo/a/b");
  CHECK_THROWS_WITH(project_folder(shop.given), "no topics.yaml in " + shop.folder.path("repo/a/b") + " or above");
  shop.folder.file("repo/topics.yaml", "");
  CHECK(project_folder(shop.given) == shop.folder.path("repo"));
}

TEST_CASE("a project that was named is looked for there and nowhere else") {
  Shop shop;
  shop.folder.file("topics.yaml", "").file("sub/x", "").file("other/topics.yaml", "");
  shop.flag("project", "sub");
  try {
    (void)project_folder(shop.given);
    FAIL("found");
  } catch (const Error& e) {
    CHECK(e.code() == Code::manifest);
    CHECK(std::string{e.what()} == "no topics.yaml in " + shop.folder.path("sub"));
    CHECK(e.text().hint == "mykartctl -C path/to/repo preflight");
  }
  Shop by_variable;
  by_variable.folder.file("other/topics.yaml", "");
  by_variable.variable("SHOP_PROJECT", "other");
  CHECK(project_folder(by_variable.given) == by_variable.folder.path("other"));
}

TEST_CASE("every key has a spelling for files, flags and variables, and help") {
  for (const auto& key : keys()) {
    INFO(key.name);
    CHECK_FALSE(key.help.empty());
    CHECK(key.places != 0);
    CHECK(flag_of(key).find('_') == std::string::npos);
    CHECK(variable_of(key, "SHOP_").find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos);
  }
}
