#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "core/text.hpp"
#include "value/value.hpp"

/// The four kinds of analytics events, as a request makes them, before they are a row or a message.
namespace storefront {

enum class Kind : unsigned char { page_hit, click, impression, cart };
inline constexpr std::array kinds{Kind::page_hit, Kind::click, Kind::impression, Kind::cart};
[[nodiscard]] constexpr std::size_t index(Kind kind) { return static_cast<std::size_t>(kind); }
[[nodiscard]] const char* table(Kind);  ///< page_hits clicks impressions cart_events: the table, and the name in health, summary and ledger

struct Visitor {
  std::optional<std::string> user_agent{};  ///< UTF-8; without that header the event has no such member
  std::string ip{};
};

struct Event {
  Kind kind{};
  std::string page{};                   ///< page hit: the page's name
  std::optional<ctl::Value> product{};  ///< else: whatever the request held where a product's id belongs
  ctl::Value quantity{};                ///< cart: whatever the request held, 1 if that was nothing
  std::string action{};                 ///< cart: added, removed
  Visitor visitor{};
  ctl::Millis time{};
};

[[nodiscard]] std::string key(const Event&);        ///< of the message: page-hit, or product-<whatever was sent>
[[nodiscard]] ctl::Value product_id(const Event&);  ///< a number, or null where what was sent is none
[[nodiscard]] std::string json(const Event&);       ///< the message
[[nodiscard]] std::string iso_time(ctl::Millis);    ///< always with milliseconds: 2026-11-22T10:00:00.000Z

}  // namespace storefront
