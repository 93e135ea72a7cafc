#include "event.hpp"

#include "js.hpp"

namespace storefront {
namespace {

/// Members of an object in the order in which they are added.
class Object {
 public:
  Object& add(const char* name, const ctl::Value& value) {
    text_ += text_.empty() ? '{' : ',';
    text_ += js::stringify(name) + ':' + js::stringify(value);
    return *this;
  }
  [[nodiscard]] std::string end() const { return text_ + '}'; }

 private:
  std::string text_{};
};

}  // namespace

const char* table(Kind kind) {
  switch (kind) {
    case Kind::page_hit: return "page_hits";
    case Kind::click: return "clicks";
    case Kind::impression: return "impressions";
    case Kind::cart: break;
  }
  return "cart_events";
}

std::string key(const Event& event) { return event.kind == Kind::page_hit ? "page-hit" : "product-" + js::text(event.product); }

ctl::Value product_id(const Event& event) {
  const auto id = js::parse_int(js::text(event.product));
  return id ? ctl::Value{*id} : ctl::Value{};
}

std::string json(const Event& event) {
  Object object;
  const auto time = iso_time(event.time);
  switch (event.kind) {
    case Kind::page_hit: object.add("page_name", event.page).add("hit_timestamp", time); break;
    case Kind::click: object.add("product_id", product_id(event)).add("click_timestamp", time); break;
    case Kind::impression: object.add("product_id", product_id(event)).add("impression_timestamp", time); break;
    case Kind::cart:
      object.add("product_id", product_id(event)).add("quantity", event.quantity);
      object.add("event_type", event.action).add("event_timestamp", time);
      break;
  }
  if (event.visitor.user_agent) object.add("user_agent", *event.visitor.user_agent);
  return object.add("ip", event.visitor.ip).end();
}

std::string iso_time(ctl::Millis time) {
  auto text = ctl::format_instant(time);
  if (text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000");
  return text;
}

}  // namespace storefront
