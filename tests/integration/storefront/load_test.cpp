#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "storefront.hpp"

using Catch::Contains;

namespace {

constexpr std::array tables{"page_hits", "clicks", "impressions", "cart_events"};
const std::map<std::string, std::string> id_columns{
    {"page_hits", "hit_id"}, {"clicks", "click_id"}, {"impressions", "impression_id"}, {"cart_events", "cart_event_id"}};

/// A ledger file of its own, gone with the test.
struct Ledger {
  std::string path{"/tmp/" + sandbox::unique("ledger")};
  ~Ledger() { std::remove(path.c_str()); }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }
  [[nodiscard]] std::vector<std::string> lines(const std::string& table) const {
    auto all = lines();
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& line) { return line.rfind("{\"kind\":\"" + table + "\"", 0) != 0; }),
              all.end());
    return all;
  }
};

std::string text_in(const std::string& json, const std::string& name) {
  const auto at = json.find('"' + name + "\":\"") + name.size() + 4;
  return json.substr(at, json.find('"', at) - at);
}

long total(const std::string& summary, const std::string& what) {
  long sum = 0;
  for (const auto* table : tables) sum += number_in(summary, table, summary.find('"' + what + '"'));
  return sum;
}

/// "partition/offset key" of everything in the topic, and of the lines of the ledger.
std::set<std::string> places(const std::string& topic) {
  std::set<std::string> all;
  for (const auto& r : oracle::read(topic)) all.insert(std::to_string(r.partition) + "/" + std::to_string(r.offset) + " " + r.key.value());
  return all;
}
std::set<std::string> places(const std::vector<std::string>& lines) {
  std::set<std::string> all;
  for (const auto& line : lines)
    all.insert(std::to_string(number_in(line, "partition")) + "/" + std::to_string(number_in(line, "offset")) + " " + text_in(line, "key"));
  return all;
}

std::string core_digest(const ShopDatabase& database) {
  std::string all;
  for (const std::string table : {"products", "orders", "order_line_items"})
    all += database.value("select count(*) || md5(string_agg(t::text, ',' order by t::text)) from " + table + " t") + " ";
  return all;
}

}  // namespace

TEST_CASE("load on PostgreSQL: rows, summary and ledger agree, and the core tables stay as they are") {
  ShopDatabase database;
  Ledger ledger;
  const auto before = core_digest(database);
  const auto ended = process::run(Shop::command({"--load", "400", "--seconds", "2", "--ledger", ledger.path}),
                                  {.environment = database.environment() + Environment{{"PORT", "0"}}, .without = {"KAFKA_BROKERS"}});
  CHECK(ended.status == 0);
  CHECK(total(ended.out, "written") > 400);
  CHECK(total(ended.out, "written") <= 820);
  for (const std::string table : tables) {
    CHECK(number_in(ended.out, table) == database.count(table));
    CHECK(database.count(table) > 0);
    std::vector<std::int64_t> ids;
    for (const auto& line : ledger.lines(table)) ids.push_back(number_in(line, "id"));
    std::sort(ids.begin(), ids.end());
    CHECK(ids == oracle::ids(database.url(), "select " + id_columns.at(table) + " from " + table + " order by 1"));
  }
  CHECK(database.value("select string_agg(distinct event_type, ',' order by event_type) from cart_events") == "added,removed");
  CHECK(database.value("select string_agg(distinct page_name, ',' order by page_name) from page_hits") == "cart,products");
  CHECK(core_digest(database) == before);
}

TEST_CASE("load on Kafka: SIGTERM in the middle loses no event and counts every one") {
  ShopDatabase database;
  ShopTopics topics;
  Ledger ledger;
  Shop shop{database.environment() + topics.environment(), {"--load", "2000", "--ledger", ledger.path}};
  const auto health = [&] { return shop.get("/api/health"); };
  while (number_in(health(), "clicks") < 300) {}
  const auto begin = std::chrono::steady_clock::now();
  const auto summary = shop.end();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{6});
  CHECK(total(summary, "failed") == 0);
  for (const auto& [table, topic] : topics.by_table()) {
    const auto found = places(topic);
    CHECK(found.size() == static_cast<std::size_t>(number_in(summary, table)));
    CHECK(found == places(ledger.lines(table)));
    CHECK(database.count(table) == 0);
  }
}

TEST_CASE("kill -9 leaves no event in the ledger that is not in the topic") {
  ShopDatabase database;
  ShopTopics topics;
  Ledger ledger;
  Shop shop{database.environment() + topics.environment(), {"--load", "2000", "--ledger", ledger.path}};
  shop.process.wait_for("✅");
  while (number_in(shop.get("/api/health"), "clicks") < 100) {}
  shop.process.kill();
  shop.process.wait();
  for (const auto& [table, topic] : topics.by_table()) {
    const auto found = places(topic), told = places(ledger.lines(table));
    CHECK(told.size() > 10);
    CHECK(std::includes(found.begin(), found.end(), told.begin(), told.end()));
  }
}

TEST_CASE("broken links are there after the migration, and rare before it") {
  ShopDatabase database;
  ShopTopics topics;
  Shop shop{database.environment() + topics.environment(), {"--load", "3000"}};
  while (number_in(shop.get("/api/health"), "impressions") < 1500) {}
  shop.end();
  int unknown = 0, no_number = 0, all = 0;
  for (const auto& record : oracle::read(topics.impressions.name())) {
    ++all;
    if (record.value->find("\"product_id\":null") != std::string::npos) ++no_number;
    if (number_in(*record.value, "product_id") > 1000) ++unknown;
  }
  CHECK(no_number > 0);
  CHECK(unknown > 0);
  CHECK(no_number + unknown < all / 50);
}

TEST_CASE("the same seed makes the same events") {
  ShopDatabase database;
  const auto keys = [&](const char* seed) {
    Ledger ledger;
    const auto ended = process::run(
        Shop::command({"--load", "200", "--seconds", "1", "--seed", seed, "--ledger", ledger.path}),
        {.environment = database.environment() + Environment{{"PORT", "0"}, {"DB_SESSIONS", "1"}}, .without = {"KAFKA_BROKERS"}});
    std::string all;
    auto lines = ledger.lines();
    REQUIRE(lines.size() > 60);
    for (std::size_t i = 0; i < 60; ++i) all += text_in(lines[i], "kind") + " " + text_in(lines[i], "key") + "\n";
    return all;
  };
  const auto one = keys("1");
  CHECK(one == keys("1"));
  CHECK(one != keys("2"));
}

TEST_CASE("a stall is not made up for in a burst") {
  ShopDatabase database;
  Shop shop{database.environment(), {"--load", "200"}};
  while (number_in(shop.get("/api/health"), "page_hits") < 10) {}
  {
    pqxx::connection session{database.url()};
    pqxx::work lock{session};
    lock.exec("lock page_hits, clicks, impressions, cart_events in share mode");
    lock.exec("select pg_sleep(1)");
  }
  const auto before = total(shop.get("/api/health"), "written");
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  CHECK(total(shop.get("/api/health"), "written") - before < 200);  // 100 are due; the 200 of the stall would be on top
  CHECK(total(shop.end(), "failed") == 0);
}

TEST_CASE("orders are placed only when asked for") {
  ShopDatabase database;
  const int before = database.count("orders");
  const auto ended = process::run(Shop::command({"--orders", "20", "--seconds", "2"}),
                                  {.environment = database.environment() + Environment{{"PORT", "0"}}, .without = {"KAFKA_BROKERS"}});
  CHECK(number_in(ended.out, "orders") > 10);
  CHECK(number_in(ended.out, "orders") == database.count("orders") - before);
  CHECK(database.value("select count(*) from orders o where total_amount <> (select sum(price * quantity) from order_line_items where "
                       "order_id = o.order_id)") == "0");
  CHECK(total(ended.out, "written") == 0);
}

TEST_CASE("a wrong command line says what is wrong") {
  const auto says = [](const std::vector<std::string>& arguments, const char* what) {
    const auto ended = process::run(Shop::command(arguments));
    CHECK(ended.status == 64);
    CHECK_THAT(ended.err, Contains(what));
    CHECK(ended.out.empty());
  };
  says({"--lod", "3"}, "no option --lod");
  says({"--load"}, "--load needs a value");
  says({"--load", "fast"}, "--load must be a number in its range, not 'fast'");
  says({"--seconds", "0"}, "--seconds must be a number in its range, not '0'");
  CHECK(process::run(Shop::command({}), {.environment = {{"PORT", "http"}}}).status == 64);
  CHECK_THAT(process::run(Shop::command({"--help"})).out, Contains("KAFKA_BROKERS"));
  CHECK_THAT(process::run(Shop::command({"--ledger", "/no/such/folder/ledger"})).err,
             Contains("cannot write the ledger /no/such/folder/ledger: No such file"));
}

TEST_CASE("a port that is taken is an error at the start") {
  ShopDatabase database;
  Shop shop{database.environment()};
  const auto second = process::run(Shop::command({}), {.environment = {{"PORT", std::to_string(shop.port)}}, .without = {"KAFKA_BROKERS"}});
  CHECK(second.status == 1);
  CHECK_THAT(second.err, Contains("cannot listen on 127.0.0.1:" + std::to_string(shop.port)));
}
