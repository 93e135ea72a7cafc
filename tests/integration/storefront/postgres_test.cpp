#include <catch2/catch.hpp>

#include "storefront.hpp"

using Catch::Contains;

TEST_CASE("before the migration every visit is a row") {
  ShopDatabase database;
  Shop shop{database.environment()};
  CHECK_THAT(shop.get("/api/products"), Catch::StartsWith("200 "));
  CHECK_THAT(shop.get("/api/products/7"), Catch::StartsWith("200 "));
  CHECK(shop.post("/api/impressions", R"({"productId":3})") == R"(200 {"success":true})");
  CHECK(shop.post("/api/cart/add", R"({"productId":4,"quantity":2})") == R"(200 {"success":true,"message":"Product added to cart"})");
  CHECK(shop.post("/api/cart/remove", R"({"productId":"4"})") == R"(200 {"success":true,"message":"Product removed from cart"})");
  CHECK_THAT(shop.get("/api/cart"), Catch::StartsWith("200 "));

  CHECK(database.value("select string_agg(page_name, ',' order by hit_id) from page_hits") == "products,cart");
  CHECK(database.value("select string_agg(product_id::text, ',') from clicks") == "7");
  CHECK(database.value("select string_agg(product_id::text, ',') from impressions") == "3");
  CHECK(database.value(
            "select string_agg(product_id || ' ' || quantity || ' ' || event_type, ',' order by cart_event_id) from cart_events") ==
        "4 2 added,4 1 removed");
  CHECK(database.value("select count(*) from clicks where click_timestamp between now() - interval '1 minute' and now()") == "1");
}

TEST_CASE("products come in pages, with prices and times as text") {
  ShopDatabase database;
  Shop shop{database.environment()};
  const std::string product =
      R"({"product_id":1,"name":"Globe","description":"It is \"round\"","price":"1.50","category":"Books","brand":null,"stock_quantity":7,)"

      R"("image_url":null,"created_at":"2026-01-02T03:04:05.678Z"})";
  CHECK(shop.get("/api/products/1") == "200 " + product);
  CHECK(shop.get("/api/products?limit=1") ==
        R"(200 {"products":[)" + product + R"(],"pagination":{"page":1,"limit":1,"total":1000,"totalPages":1000}})");
  const auto second = shop.get("/api/products?page=2&limit=4");
  CHECK_THAT(second, Contains(R"("product_id":5)") && Contains(R"("product_id":8)") && !Contains(R"("product_id":9)"));
  CHECK_THAT(second, Contains(R"("pagination":{"page":2,"limit":4,"total":1000,"totalPages":250})"));
  CHECK_THAT(shop.get("/api/products?page=x&limit=0"), Contains(R"("page":1,"limit":20,)"));
  CHECK(shop.get("/api/products?page=52&limit=20") ==
        R"(200 {"products":[],"pagination":{"page":52,"limit":20,"total":1000,"totalPages":50}})");
}

TEST_CASE("an event that PostgreSQL refuses is an error of the shop and is counted") {
  ShopDatabase database;
  Shop shop{database.environment()};
  const std::string error = R"(500 {"error":"Internal server error"})";
  CHECK(shop.get("/api/products/4711") == error);  // the foreign key, before the product is looked up
  CHECK(shop.get("/api/products/abc") == error);
  CHECK(shop.post("/api/cart/add", R"({"productId":1,"quantity":2.5})") == error);
  CHECK(shop.post("/api/impressions", R"({"productId":{"id":1}})") == error);
  CHECK(shop.post("/api/impressions", "{}") == R"(200 {"success":true})");  // nothing is NULL, which the column takes
  CHECK(shop.post("/api/impressions", "{") == R"(400 {"error":"Bad request"})");
  CHECK(database.value("select count(*) || ' ' || count(product_id) from impressions") == "1 0");
  CHECK(database.count("clicks") == 0);
  CHECK(shop.get("/api/health") == R"(200 {"mode":"postgres","written":{"page_hits":0,"clicks":0,"impressions":1,"cart_events":0},)"
                                   R"("failed":{"page_hits":0,"clicks":2,"impressions":1,"cart_events":1},"requests":7})");
  CHECK_THAT(shop.process.err(), Contains("violates foreign key constraint"));
}

TEST_CASE("an order and its lines are one transaction") {
  ShopDatabase database;
  Shop shop{database.environment()};
  const auto before = database.value("select max(order_id) from orders");
  const auto next = std::to_string(std::stoi(before) + 1);
  CHECK(shop.post("/api/orders", "{}") == R"(400 {"error":"Cart is empty"})");
  CHECK(shop.post("/api/orders", R"({"cartItems":[]})") == R"(400 {"error":"Cart is empty"})");
  CHECK(shop.post("/api/orders",
                  R"({"cartItems":[{"product_id":1,"quantity":2,"price":"1.50"},{"product_id":2,"quantity":1,"price":2.5}]})") ==
        R"(200 {"success":true,"orderId":)" + next + R"(,"message":"Order placed successfully!","total":"5.50"})");
  CHECK_THAT(shop.post("/api/orders", R"({"cartItems":[{"product_id":4711,"quantity":2,"price":1}]})"), Catch::StartsWith("500 "));
  CHECK(database.value("select string_agg(total_amount || ' ' || status, ',') from orders where order_id > " + before) == "5.50 placed");
  CHECK(database.value("select string_agg(product_id || ' ' || quantity || ' ' || price, ',' order by line_item_id) from order_line_items "
                       "where order_id > " +
                       before) == "1 2 1.50,2 1 2.50");
}

TEST_CASE("the cart and the summary are counted from the rows") {
  ShopDatabase database;
  Shop shop{database.environment()};
  database.run("update products set name = 'Atlas', price = 2.5, image_url = '/atlas.png' where product_id = 2");
  const auto orders = std::to_string(database.count("orders"));
  for (const auto* body : {R"({"productId":2,"quantity":3})", R"({"productId":1})", R"({"productId":5,"quantity":2})"})
    shop.post("/api/cart/add", body);
  shop.post("/api/cart/remove", R"({"productId":5,"quantity":2})");
  shop.post("/api/cart/remove", R"({"productId":2,"quantity":1})");
  CHECK(shop.get("/api/cart") == R"(200 {"cartItems":[{"product_id":1,"name":"Globe","price":"1.50","image_url":null,"quantity":"1"},)"
                                 R"({"product_id":2,"name":"Atlas","price":"2.50","image_url":"/atlas.png","quantity":"2"}]})");
  shop.get("/api/products/1");
  shop.post("/api/impressions", R"({"productId":1})");
  shop.post("/api/impressions", R"({"productId":2})");
  CHECK(shop.get("/api/analytics/summary") ==
        R"(200 {"totalProducts":1000,"totalOrders":)" + orders + R"(,"totalClicks":1,"totalImpressions":2})");
}

TEST_CASE("a table that goes away fails the shop's requests and is written again when it is back") {
  ShopDatabase database;
  Shop shop{database.environment()};
  CHECK_THAT(shop.get("/api/products/1"), Catch::StartsWith("200 "));
  database.run("create schema retired; alter table clicks set schema retired");
  CHECK_THAT(shop.get("/api/products/1"), Catch::StartsWith("500 "));
  database.run("alter table retired.clicks set schema public");
  CHECK_THAT(shop.get("/api/products/1"), Catch::StartsWith("200 "));
  CHECK(database.count("clicks") == 2);
}

TEST_CASE("sessions have the shop's name, and lost ones are replaced without losing an event") {
  ShopDatabase database;
  Shop shop{database.environment()};
  for (int i = 0; i < 3; ++i) {
    CHECK_THAT(shop.get("/api/products/1"), Catch::StartsWith("200 "));
    CHECK(database.value("select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity where application_name = 'storefront' and "
                         "datname = current_database()") == "1");
  }
  CHECK_THAT(shop.get("/api/health"), Contains(R"("clicks":3)") && Contains(R"("failed":{"page_hits":0,"clicks":0)"));
}

TEST_CASE("many visitors at once share a few sessions") {
  ShopDatabase database;
  Shop shop{database.environment() + Environment{{"DB_SESSIONS", "3"}}};
  std::atomic<int> good{};
  {
    std::vector<std::jthread> visitors;
    for (int i = 0; i < 12; ++i)
      visitors.emplace_back([&] {
        httplib::Client http{"127.0.0.1", shop.port};
        http.set_keep_alive(true);
        for (int k = 0; k < 20; ++k)
          if (const auto answer = http.Post("/api/impressions", R"({"productId":1})", "application/json"); answer && answer->status == 200)
            ++good;
      });
  }
  CHECK(good == 240);
  CHECK(database.count("impressions") == 240);
  CHECK(std::stoi(database.value(
            "select count(*) from pg_stat_activity where application_name = 'storefront' and datname = current_database()")) <= 3);
}

TEST_CASE("without PostgreSQL the shop answers, with errors, and ends when told") {
  Shop shop{{{"DB_PORT", "1"}}};
  CHECK(shop.get("/api/products") == R"(500 {"error":"Internal server error"})");
  CHECK_THAT(shop.get("/api/health"), Contains(R"("failed":{"page_hits":1)"));
  CHECK_THAT(shop.process.err(), Contains("no session with PostgreSQL at localhost:1/mykart"));
  CHECK_THAT(shop.end(), Contains(R"("mode":"postgres")"));
}
