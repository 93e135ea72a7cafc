#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "murmur2.hpp"
#include "storefront.hpp"

using Catch::Contains;

namespace {

/// The record's value with its time replaced by T, once the time is of the right form and the record's own.
std::string timeless(const oracle::Record& record) {
  auto value = record.value.value_or("none");
  const auto at = value.find("_timestamp\":\"") + 13;
  const std::string time = value.substr(at, 24), form = "dddd-dd-ddTdd:dd:dd.dddZ";
  for (std::size_t i = 0; i < form.size(); ++i) CHECK((form[i] == 'd' ? std::isdigit(time.at(i)) != 0 : time.at(i) == form[i]));
  CHECK(time.substr(20, 3) == std::to_string(1000 + record.time_ms % 1000).substr(1));
  return value.replace(at, 24, "T");
}

/// What is in the topic now: "<key> <value>" of each record, sorted by time and key; each is checked to lie where kafkajs puts it.
std::vector<std::string> events(const std::string& topic) {
  auto records = oracle::read(topic);
  std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.time_ms < b.time_ms; });
  std::vector<std::string> all;
  for (const auto& record : records) {
    CHECK(record.partition == partition_of(record.key.value(), 3));
    CHECK(record.headers.empty());
    all.push_back(*record.key + " " + timeless(record));
  }
  return all;
}

const httplib::Headers firefox{{"User-Agent", "Firefox"}};

}  // namespace

TEST_CASE("partitions are Java's") {
  CHECK(murmur2("21") == -973932308);  // the vectors of Kafka's own UtilsTest
  CHECK(murmur2("foobar") == -790332482);
  CHECK(murmur2("a-little-bit-long-string") == -985981536);
  CHECK(murmur2("a-little-bit-longer-string") == -1486304829);
  CHECK(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") == -58897971);
  CHECK(murmur2("abc") == 479470107);
}

TEST_CASE("after the migration every visit is a message, byte for byte as the shop's kafkajs writes it") {
  ShopDatabase database;
  ShopTopics topics;
  Shop shop{database.environment() + topics.environment()};
  shop.process.wait_for("✅ Connected to Kafka");
  shop.http.set_default_headers(firefox);
  CHECK_THAT(shop.get("/api/products?limit=1"), Contains(R"("totalPages":1000)"));
  CHECK(shop.get("/api/cart") == R"(200 {"cartItems":[]})");
  CHECK_THAT(shop.get("/api/products/7"), Contains(R"({"product_id":7,)"));
  CHECK(shop.post("/api/impressions", R"({"productId":3})") == R"(200 {"success":true})");
  CHECK(shop.post("/api/cart/add", R"({"productId":4,"quantity":2})") == R"(200 {"success":true,"message":"Product added to cart"})");
  CHECK(shop.post("/api/cart/remove", R"({"productId":4})") == R"(200 {"success":true,"message":"Product removed from cart"})");

  using List = std::vector<std::string>;
  CHECK(events(topics.page_hits.name()) ==
        List{R"(page-hit {"page_name":"products","hit_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})",
             R"(page-hit {"page_name":"cart","hit_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})"});
  CHECK(events(topics.clicks.name()) ==
        List{R"(product-7 {"product_id":7,"click_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})"});
  CHECK(events(topics.impressions.name()) ==
        List{R"(product-3 {"product_id":3,"impression_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})"});
  CHECK(
      events(topics.cart_events.name()) ==
      List{
          R"(product-4 {"product_id":4,"quantity":2,"event_type":"added","event_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})",
          R"(product-4 {"product_id":4,"quantity":1,"event_type":"removed","event_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})"});
  for (const auto* table : {"page_hits", "clicks", "impressions", "cart_events"}) CHECK(database.count(table) == 0);
  CHECK(shop.get("/api/analytics/summary") == R"(200 {"totalProducts":1000,"totalOrders":)" + std::to_string(database.count("orders")) +
                                                  R"(,"totalClicks":0,"totalImpressions":0})");
  CHECK_THAT(shop.end(), Contains(R"("mode":"kafka","written":{"page_hits":2,"clicks":1,"impressions":1,"cart_events":2})"));
}

TEST_CASE("whatever a request holds becomes an event, as JavaScript would have it") {
  ShopDatabase database;
  ShopTopics topics;
  Shop shop{database.environment() + topics.environment()};
  shop.http.set_default_headers(firefox);
  struct Case {
    const char* body;
    const char* key;
    const char* members;
  };
  const std::vector<Case> cases{
      {R"({"productId":"12abc","quantity":"2"})", "product-12abc", R"("product_id":12,"quantity":"2")"},
      {R"({"productId":" 0x1F","quantity":0})", "product- 0x1F", R"("product_id":31,"quantity":1)"},
      {R"({"productId":"abc","quantity":-2})", "product-abc", R"("product_id":null,"quantity":-2)"},
      {R"({"productId":"","quantity":1.0})", "product-", R"("product_id":null,"quantity":1)"},
      {R"({"productId":null,"quantity":2.50})", "product-null", R"("product_id":null,"quantity":2.5)"},
      {R"({"quantity":null})", "product-undefined", R"("product_id":null,"quantity":1)"},
      {R"({"productId":1.9,"quantity":""})", "product-1.9", R"("product_id":1,"quantity":1)"},
      {R"({"productId":-5,"quantity":true})", "product--5", R"("product_id":-5,"quantity":true)"},
      {R"({"productId":1e21,"quantity":1e21})", "product-1e+21", R"("product_id":1,"quantity":1e+21)"},
      {R"({"productId":12345678901234567890123,"quantity":0.0000001})", nullptr, nullptr},
      {R"({"productId":"99999999999999999999","quantity":1e-7})", "product-99999999999999999999",
       R"("product_id":100000000000000000000,"quantity":1e-7)"},
      {R"({"productId":9007199254740993,"quantity":123456.789})", "product-9007199254740992",
       R"("product_id":9007199254740992,"quantity":123456.789)"},
      {R"({"productId":{"id":1},"quantity":{"b":[1,"x"],"a":{}}})", "product-[object Object]",
       R"("product_id":null,"quantity":{"b":[1,"x"],"a":{}})"},
      {R"({"productId":[7,[8,null]],"quantity":[]})", "product-7,8,", R"("product_id":7,"quantity":[])"},
      {R"({"productId":"é \"\u0001\n\u2028\u007f","quantity":"\b\f\\/"})", "product-é \"\x01\n\u2028\x7f",
       R"("product_id":null,"quantity":"\b\f\\/")"},
      {R"({"productId":false})", "product-false", R"("product_id":null,"quantity":1)"},
      {R"([1])", "product-undefined", R"("product_id":null,"quantity":1)"},
  };
  std::vector<std::string> expected;
  for (const auto& [body, key, members] : cases) {
    const auto answer = shop.post("/api/cart/add", body);
    CAPTURE(body);
    CHECK_THAT(answer, Catch::StartsWith(key != nullptr ? "200" : "400"));
    if (key != nullptr)
      expected.push_back(std::string{key} + " {" + members +
                         R"(,"event_type":"added","event_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})");
  }
  CHECK(shop.post("/api/cart/add", R"({"productId":1})", "text/plain") ==
        R"(200 {"success":true,"message":"Product added to cart"})");  // no JSON: not read
  expected.push_back(
      R"(product-undefined {"product_id":null,"quantity":1,"event_type":"added","event_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})");
  auto found = events(topics.cart_events.name());
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  CHECK(found == expected);
}

TEST_CASE("a click is a message before anyone knows whether there is such a product") {
  ShopDatabase database;
  ShopTopics topics;
  Shop shop{database.environment() + topics.environment()};
  shop.http.set_default_headers(firefox);
  CHECK(shop.get("/api/products/4711") == R"(404 {"error":"Product not found"})");
  CHECK_THAT(shop.get("/api/products/abc"), Catch::StartsWith("500"));  // the look-up's own trouble
  CHECK_THAT(shop.get("/api/products/caf%C3%A9"), Catch::StartsWith("500"));
  CHECK_THAT(shop.get("/api/products/%FF"), Catch::StartsWith("400"));  // no text, no click
  using List = std::vector<std::string>;
  CHECK(events(topics.clicks.name()) ==
        List{R"(product-4711 {"product_id":4711,"click_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})",
             R"(product-abc {"product_id":null,"click_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})",
             R"(product-café {"product_id":null,"click_timestamp":"T","user_agent":"Firefox","ip":"127.0.0.1"})"});
}

TEST_CASE("a browser without a name leaves the member out, one with a strange name is taken byte by byte") {
  ShopDatabase database;
  ShopTopics topics;
  Shop shop{database.environment() + topics.environment()};
  for (const std::string header : {"", "User-Agent: caf\xC3\xA9 \xFF\r\n"}) {
    const int raw = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(shop.port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(raw, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    const auto request = "GET /api/cart HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + "\r\n";
    REQUIRE(::send(raw, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
    std::array<char, 4096> answer{};
    while (::recv(raw, answer.data(), answer.size(), 0) > 0) {}
    ::close(raw);
  }
  using List = std::vector<std::string>;
  CHECK(events(topics.page_hits.name()) ==
        List{R"(page-hit {"page_name":"cart","hit_timestamp":"T","ip":"127.0.0.1"})",
             "page-hit {\"page_name\":\"cart\",\"hit_timestamp\":\"T\",\"user_agent\":\"cafÃ© ÿ\",\"ip\":\"127.0.0.1\"}"});
}

TEST_CASE("a topic that does not exist is an error soon") {
  ShopDatabase database;
  Shop shop{database.environment() + Environment{{"KAFKA_BROKERS", sandbox::brokers()}, {"TOPIC_IMPRESSIONS", sandbox::unique("nowhere")}}};
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THAT(shop.post("/api/impressions", R"({"productId":1})"), Catch::StartsWith("500"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{15});
  CHECK_THAT(shop.get("/api/health"), Contains(R"("failed":{"page_hits":0,"clicks":0,"impressions":1)"));
}

TEST_CASE("without Kafka the shop starts, and ends in time with an event under way") {
  ShopDatabase database;
  Shop shop{database.environment() + Environment{{"KAFKA_BROKERS", "127.0.0.1:1"}}};
  shop.process.wait_for("❌ Error connecting to Kafka");
  std::string answer;
  std::jthread visitor{[&] { answer = shop.post("/api/impressions", R"({"productId":1})"); }};
  httplib::Client http{"127.0.0.1", shop.port};
  for (int asked = 1;; ++asked)  // each question counts as a request too: one more than were asked is the visitor's
    if (http.Get("/api/health")->body.find(R"("requests":)" + std::to_string(asked + 1) + "}") != std::string::npos) break;
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THAT(shop.end(), Contains(R"("failed":{"page_hits":0,"clicks":0,"impressions":1)"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{12});
  visitor.join();
  CHECK_THAT(answer, Catch::StartsWith("500"));
}
