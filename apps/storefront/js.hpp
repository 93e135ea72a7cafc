#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "value/value.hpp"

/// What JavaScript does to values on their way from a request into an event (ECMA-262 names in brackets): the events of the shop must look
/// as its own Node.js producer writes them, byte for byte. `undefined` is no Value: an empty optional.
namespace storefront::js {
using ctl::Value;

[[nodiscard]] std::string number(double);                              ///< 1.0 is "1", 1e21 is "1e+21" [Number::toString]
[[nodiscard]] std::string text(const std::optional<Value>&);           ///< `${value}`: "undefined", "null", "[object Object]" [ToString]
[[nodiscard]] std::optional<double> parse_int(std::string_view text);  ///< "12abc" is 12, "0x1f" is 31; nullopt is NaN [parseInt]
[[nodiscard]] bool truthy(const std::optional<Value>&);                ///< [ToBoolean]
[[nodiscard]] std::string stringify(const Value&);                     ///< one line, members in their order [JSON.stringify]
[[nodiscard]] std::string from_latin1(std::string_view bytes);         ///< as UTF-8: Node.js takes the bytes of a header for Latin-1

}  // namespace storefront::js
