#include "api.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <thread>

#include "core/error.hpp"
#include "core/utf8.hpp"
#include "js.hpp"

namespace storefront {
namespace {

using httplib::Request;
using httplib::Response;

struct Reply {
  int status{200};
  ctl::Value body{};
};

Reply trouble(int status, const char* text) { return {status, ctl::Value{}.set("error", text)}; }

/// Only JSON is read, all else is an empty body, as body-parser has it.
ctl::Value body(const Request& request) {
  if (request.body.empty() || request.get_header_value("Content-Type").find("application/json") == std::string::npos) return {};
  return ctl::parse_json(request.body, "body");
}

std::optional<ctl::Value> member(const ctl::Value& body, const char* name) {
  const auto* found = body.find(name);
  return found != nullptr ? std::optional{*found} : std::nullopt;
}

double number_or(double otherwise, const Request& request, const char* name) {
  const auto value = js::parse_int(request.get_param_value(name));
  return value && *value != 0 ? *value : otherwise;
}

Event event(Kind kind, const Request& request) {
  Event made{.kind = kind, .time = ctl::now()};
  if (request.has_header("User-Agent")) made.visitor.user_agent = js::from_latin1(request.get_header_value("User-Agent"));
  made.visitor.ip = request.remote_addr;
  return made;
}

}  // namespace

struct Api::Server {
  Recorder& recorder;
  Catalog& catalog;
  ctl::Listener& listener;
  std::atomic<std::uint64_t> requests{};
  httplib::Server http{};
  std::jthread thread{};

  void page_hit(const char* page, const Request& request) {
    auto hit = event(Kind::page_hit, request);
    hit.page = page;
    recorder.record(hit);
  }

  Reply products(const Request& request) {
    page_hit("products", request);
    return {200, catalog.page(number_or(1, request, "page"), number_or(20, request, "limit"))};
  }

  /// The click comes first: it is kept also where there is no such product.
  Reply product(const Request& request) {
    const std::string id = request.matches[1];
    if (!ctl::is_utf8(id)) return trouble(400, "Bad request");
    auto click = event(Kind::click, request);
    click.product = id;
    recorder.record(click);
    auto found = catalog.product(id);
    return found ? Reply{200, std::move(*found)} : trouble(404, "Product not found");
  }

  Reply impression(const Request& request) {
    auto seen = event(Kind::impression, request);
    seen.product = member(body(request), "productId");
    recorder.record(seen);
    return {200, ctl::Value{}.set("success", true)};
  }

  Reply cart_event(const Request& request, const char* action, const char* message) {
    const auto sent = body(request);
    auto change = event(Kind::cart, request);
    const auto quantity = member(sent, "quantity");
    change.product = member(sent, "productId");
    change.quantity = js::truthy(quantity) ? *quantity : ctl::Value{1};
    change.action = action;
    recorder.record(change);
    return {200, ctl::Value{}.set("success", true).set("message", message)};
  }

  Reply cart(const Request& request) {
    page_hit("cart", request);
    if (recorder.keeps_rows()) return {200, catalog.cart()};
    return {200, ctl::Value{}.set("cartItems", ctl::Value::List{})};  // the shop keeps no carts since events are messages
  }

  Reply order(const Request& request) {
    const auto items = member(body(request), "cartItems");
    if (!js::truthy(items) || (items->list() != nullptr && items->list()->empty())) return trouble(400, "Cart is empty");
    return {200, catalog.place(*items)};
  }

  Reply summary(const Request&) {
    ctl::Value totals;
    totals.set("totalProducts", catalog.count("products")).set("totalOrders", catalog.count("orders"));
    const bool rows = recorder.keeps_rows();
    totals.set("totalClicks", rows ? catalog.count("clicks") : 0).set("totalImpressions", rows ? catalog.count("impressions") : 0);
    return {200, totals};
  }

  Reply health(const Request&) { return {200, recorder.counts().set("requests", requests.load())}; }

  /// From a function of a request to a handler: errors become answers, answers JSON.
  template <class Answer>
  httplib::Server::Handler handler(Answer answer) {
    return [this, answer](const Request& request, Response& response) {
      ++requests;
      auto reply = ctl::attempt([&] { return answer(request); });
      if (!reply) {
        const auto& error = reply.error();
        const bool theirs = error.code() == ctl::Code::manifest;  // a body that is no JSON
        if (!theirs)
          listener.note(ctl::Listener::Level::warn,
                        fmt::format("{} {}: {}: {}", request.method, request.path, error.what(), error.text().cause));
        reply = theirs ? trouble(400, "Bad request") : trouble(500, "Internal server error");
      }
      response.status = reply->status;
      response.set_content(js::stringify(reply->body), "application/json; charset=utf-8");
    };
  }

  void routes() {
    http.Get("/api/products/?", handler([this](const Request& r) { return products(r); }));
    http.Get("/api/products/([^/]+)/?", handler([this](const Request& r) { return product(r); }));
    http.Post("/api/impressions", handler([this](const Request& r) { return impression(r); }));
    http.Post("/api/cart/add", handler([this](const Request& r) { return cart_event(r, "added", "Product added to cart"); }));
    http.Post("/api/cart/remove", handler([this](const Request& r) { return cart_event(r, "removed", "Product removed from cart"); }));
    http.Get("/api/cart", handler([this](const Request& r) { return cart(r); }));
    http.Post("/api/orders", handler([this](const Request& r) { return order(r); }));
    http.Get("/api/analytics/summary", handler([this](const Request& r) { return summary(r); }));
    http.Get("/api/health", handler([this](const Request& r) { return health(r); }));
  }
};

Api::Api(Recorder& recorder, Catalog& catalog, ctl::Listener& listener) : server_{new Server{recorder, catalog, listener}} {
  auto& http = server_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool{32}; };  // a connection that is kept alive holds its thread
  http.set_keep_alive_max_count(1'000'000);
  http.set_keep_alive_timeout(2);  // and stop() waits for idle ones that long
  http.set_tcp_nodelay(true);
  http.set_socket_options([](socket_t socket) {  // the library's own would share a port that is taken (SO_REUSEPORT)
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  http.set_payload_max_length(100'000);
  server_->routes();
}
Api::~Api() { stop(); }

int Api::listen(const std::string& host, int port) {
  auto& http = server_->http;
  const int bound = port == 0 ? http.bind_to_any_port(host) : http.bind_to_port(host, port) ? port : -1;
  if (bound < 0)
    throw ctl::Error{ctl::Code::refused, {.what = fmt::format("cannot listen on {}:{}", host, port), .hint = "give another PORT"}};
  server_->thread = std::jthread{[&http] { http.listen_after_bind(); }};
  while (!http.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds{1});  // before that, stop() would be lost
  return bound;
}

void Api::stop() {
  server_->http.stop();
  if (server_->thread.joinable()) server_->thread.join();
}

}  // namespace storefront
