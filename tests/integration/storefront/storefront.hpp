#pragma once
#include <httplib.h>

#include <catch2/catch.hpp>
#include <charconv>
#include <pqxx/pqxx>
#include <string>
#include <utility>
#include <vector>

#include "support/oracle.hpp"
#include "support/process.hpp"
#include "support/sandbox.hpp"
#include "support/shop.hpp"

/// The shop's database before the migration. Product 1 is one that the tests know.
struct ShopDatabase : sandbox::Database {
  ShopDatabase() : sandbox::Database{"shop"} {
    shop::make(*this);
    run(R"(update products set name = 'Globe', description = 'It is "round"', price = 1.5, category = 'Books', brand = null, stock_quantity = 7,
                               image_url = null, created_at = '2026-01-02 03:04:05.678' where product_id = 1)");
  }

  /// How the storefront is told of it.
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    pqxx::connection session{url()};
    return {{"DB_HOST", session.hostname()}, {"DB_PORT", session.port()}, {"DB_USER", session.username()}, {"DB_NAME", name()}};
  }
  [[nodiscard]] int count(const std::string& table) const { return std::stoi(value("select count(*) from " + table)); }
};

/// The four topics of a test.
struct ShopTopics {
  sandbox::Topic page_hits{"page-hits"}, clicks{"clicks"}, impressions{"impressions"}, cart_events{"cart-events"};
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    return {{"KAFKA_BROKERS", sandbox::brokers()},
            {"TOPIC_PAGE_HITS", page_hits.name()},
            {"TOPIC_CLICKS", clicks.name()},
            {"TOPIC_IMPRESSIONS", impressions.name()},
            {"TOPIC_CART_EVENTS", cart_events.name()}};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> by_table() const {
    return {{"page_hits", page_hits.name()},
            {"clicks", clicks.name()},
            {"impressions", impressions.name()},
            {"cart_events", cart_events.name()}};
  }
};

using Environment = std::map<std::string, std::string>;
inline Environment operator+(Environment left, const Environment& right) {
  left.insert(right.begin(), right.end());
  return left;
}

/// The storefront, running and answering.
class Shop {
 public:
  explicit Shop(Environment environment, const std::vector<std::string>& arguments = {})
      : process{command(arguments), {.environment = std::move(environment) + Environment{{"PORT", "0"}}, .without = {"KAFKA_BROKERS"}}},
        port{port_in(process.wait_for_line("running on port "))},
        http{"127.0.0.1", port} {
    http.set_tcp_nodelay(true);
    http.set_read_timeout(40);
  }
  static std::vector<std::string> command(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{BINARY_DIR "/storefront"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }

  /// "200 {…}": status and body.
  std::string get(const std::string& path) { return text(http.Get(path.c_str())); }
  std::string post(const std::string& path, const std::string& body, const char* type = "application/json") {
    return text(http.Post(path.c_str(), body, type));
  }
  /// Ends it as an operator would; its last line.
  std::string end() {
    process.signal(SIGTERM);
    CHECK(process.wait() == 0);
    return process.out();
  }

  process::Child process;
  int port;
  httplib::Client http;

 private:
  static int port_in(const std::string& line) { return std::stoi(line.substr(line.find("port ") + 5)); }
  static std::string text(const httplib::Result& result) {
    return result ? std::to_string(result->status) + " " + result->body : "no answer: " + httplib::to_string(result.error());
  }
};

/// The whole number after `"name":` in JSON; -1 if there is none.
inline long number_in(const std::string& json, const std::string& name, std::size_t from = 0) {
  const auto at = json.find('"' + name + "\":", from);
  long number = -1;
  if (at != std::string::npos) std::from_chars(json.data() + at + name.size() + 3, json.data() + json.size(), number);
  return number;
}
