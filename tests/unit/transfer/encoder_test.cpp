#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <limits>
#include <vector>

#include "core/error.hpp"
#include "support/cart_events.hpp"
#include "transfer/codec.hpp"

using namespace ctl;
using transfer::Reject;
using Fields = std::vector<std::optional<std::string>>;

namespace {

std::string bytes_of(std::int64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// "2024-05-01 12:34:56.789123" as COPY sends it: microseconds since 2000.
std::string time_bytes(const std::string& text) {
  using namespace std::chrono;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  if (text == "infinity") return bytes_of(most, 8);
  if (text == "-infinity") return bytes_of(-most - 1, 8);
  if (text == "294276-01-01 00:00:00") return bytes_of(9'223'339'708'800'000'000, 8);  // later than <chrono> knows
  if (text == "275760-09-13 00:00:01") return bytes_of(8'639'053'315'201'000'000, 8);
  int y = 0, h = 0, m = 0, s = 0;
  unsigned month = 0, d = 0;
  char fraction[8] = "";
  REQUIRE(std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d.%7s", &y, &month, &d, &h, &m, &s, fraction) >= 3);
  const auto day = sys_days{year{y} / month / d} - sys_days{year{2000} / 1 / 1};
  const auto us = std::stoi((std::string{fraction} + "000000").substr(0, 6));
  return bytes_of(((day.count() * 24LL + h) * 60 + m) * 60'000'000LL + s * 1'000'000LL + us, 8);
}

/// A value as COPY sends it in the binary format, from its text.
std::optional<std::string> field_of(const std::string& type, const std::optional<std::string>& text) {
  if (!text) return text;
  if (type == "smallint") return bytes_of(std::stoll(*text), 2);
  if (type == "integer") return bytes_of(std::stoll(*text), 4);
  if (type == "bigint") return bytes_of(std::stoll(*text), 8);
  if (type == "boolean") return bytes_of(*text == "t" ? 1 : 0, 1);
  if (type == "date") {
    const auto us = postgres::to_integer(time_bytes(*text));
    constexpr auto never = std::numeric_limits<std::int32_t>::max();
    return bytes_of(*text == "infinity" ? never : us / 86'400'000'000, 4);
  }
  if (type == "timestamp without time zone" || type == "timestamp with time zone") return time_bytes(*text);
  return text;
}

struct Encoded {
  Reject reject{};
  std::string key{}, value{}, column{};
  std::optional<std::int64_t> time_ms{};
};

/// Fields are in the order of Encoder::columns: id, time, then the others by first use.
Encoded encode(const EventTable& table, const TableInfo& info, const std::vector<std::string>& types, const Fields& texts) {
  transfer::Encoder encoder{table, info};
  REQUIRE(encoder.columns().size() == texts.size());
  Fields fields;
  for (std::size_t i = 0; i < texts.size(); ++i) fields.push_back(field_of(types.at(i), texts[i]));
  const std::vector<std::optional<std::string_view>> row(fields.begin(), fields.end());
  transfer::Encoder::Event event;
  const auto reject = encoder.encode(row, event);
  return {reject, std::string{event.key}, std::string{event.value}, std::string{event.column}, event.time_ms};
}
const std::vector<std::string> cart_types{"integer", "timestamp without time zone", "integer", "integer", "character varying"};
Encoded cart(const Fields& fields) { return encode(shop::cart_events(), shop::cart_events_info(), cart_types, fields); }

/// What column x of this type becomes in the JSON.
Encoded encode_x(const std::string& type, std::optional<std::string> text, const std::string& zone = "UTC", int digits = 3) {
  EventTable table = shop::cart_events();
  TableInfo info = shop::cart_events_info();
  table.fields.clear();
  table.key_template = "k";
  table.time_zone = zone;
  table.time_digits = digits;
  shop::add_x(table, info, type);
  return encode(table, info, {"integer", "timestamp without time zone", type}, {"1", {}, std::move(text)});
}
std::string json_x(const std::string& type, std::optional<std::string> text) {
  const auto encoded = encode_x(type, std::move(text));
  REQUIRE(encoded.reject == Reject::none);
  constexpr std::string_view before = "{\"x\":", after = ",\"event_id\":\"pg:cart_events:1\"}";
  REQUIRE(encoded.value.substr(0, before.size()) == before);
  return encoded.value.substr(before.size(), encoded.value.size() - before.size() - after.size());
}

}  // namespace

TEST_CASE("a cart event is printed as the shop's own producer prints it, with its provenance last") {
  const auto e = cart({"42", "2024-05-01 12:34:56.789123", "17", "3", "added"});
  CHECK(
      e.value ==
      R"({"product_id":17,"quantity":3,"event_type":"added","event_timestamp":"2024-05-01T12:34:56.789Z","user_agent":null,"ip":null,"event_id":"pg:cart_events:42"})");
  CHECK(e.key == "product-17");
  CHECK(e.time_ms == 1714566896789);
}

TEST_CASE("NULL is null in the value and in the key, and a row without a time has no record time") {
  const auto e = cart({"-7", {}, {}, "3", "added"});
  CHECK(
      e.value ==
      R"({"product_id":null,"quantity":3,"event_type":"added","event_timestamp":null,"user_agent":null,"ip":null,"event_id":"pg:cart_events:-7"})");
  CHECK(e.key == "product-null");
  CHECK_FALSE(e.time_ms);
}

TEST_CASE("every control character, quote and backslash is escaped as JSON.stringify does") {
  for (char c = 1; c < 0x20; ++c) {
    std::string expected;
    switch (c) {
      case '\b': expected = "\\b"; break;
      case '\t': expected = "\\t"; break;
      case '\n': expected = "\\n"; break;
      case '\f': expected = "\\f"; break;
      case '\r': expected = "\\r"; break;
      default: expected = std::string{"\\u00"} + (c < 16 ? "0" : "1") + "0123456789abcdef"[c % 16];
    }
    CHECK(json_x("text", std::string{"a"} + c + "b") == "\"a" + expected + "b\"");
  }
  CHECK(json_x("text", R"(say "hi" \ C:\temp)") == R"("say \"hi\" \\ C:\\temp")");
  CHECK(json_x("text", "\x7f / é € 😀 \u2028") == "\"\x7f / é € 😀 \u2028\"");
  CHECK(json_x("character varying", "") == "\"\"");
  CHECK(json_x("text", R"(\N)") == R"("\\N")");
}

TEST_CASE("text that is not UTF-8 is rejected and its column named") {
  for (const std::string bad : {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80"}) {
    const auto e = encode_x("text", bad);
    CHECK(e.reject == Reject::bad_utf8);
    CHECK(e.column == "x");
  }
}

TEST_CASE("numbers keep every digit that a reader could lose") {
  CHECK(json_x("integer", "-2147483648") == "-2147483648");
  CHECK(json_x("bigint", "9007199254740992") == "9007199254740992");
  CHECK(json_x("bigint", "9007199254740993") == "\"9007199254740993\"");
  CHECK(json_x("bigint", "-9007199254740992") == "-9007199254740992");
  CHECK(json_x("bigint", "-9007199254740993") == "\"-9007199254740993\"");
  CHECK(json_x("bigint", "9223372036854775807") == "\"9223372036854775807\"");
  CHECK(json_x("numeric", "12345678901234567890.10") == "\"12345678901234567890.10\"");
  CHECK(json_x("double precision", "0.1") == "0.1");
  CHECK(json_x("double precision", "1e+20") == "100000000000000000000");
  CHECK(json_x("double precision", "1e+21") == "1e+21");
  CHECK(json_x("double precision", "1.5e-06") == "0.0000015");
  CHECK(json_x("double precision", "-1.25e-07") == "-1.25e-7");
  CHECK(json_x("double precision", "-0") == "0");
  CHECK(json_x("double precision", "123456.75") == "123456.75");
  CHECK(json_x("real", "3.4028235e+38") == "3.4028235e+38");
  CHECK(encode_x("double precision", "NaN").reject == Reject::out_of_range);
  CHECK(encode_x("real", "-Infinity").reject == Reject::out_of_range);
  CHECK(json_x("boolean", "t") == "true");
  CHECK(json_x("boolean", "f") == "false");
}

TEST_CASE("json is carried without blanks between its tokens, uuid and date as text") {
  CHECK(json_x("jsonb", R"({"a": [1, 2.50, "x y\\"], "b": null})") == R"({"a":[1,2.50,"x y\\"],"b":null})");
  CHECK(json_x("json", "{ \"k\" : \"a \\\"b\\\" : c\" }\n") == R"({"k":"a \"b\" : c"})");
  CHECK(json_x("uuid", "0b2f0a4e-7c2b-4a3e-9a55-000000000001") == "\"0b2f0a4e-7c2b-4a3e-9a55-000000000001\"");
  CHECK(json_x("date", "2024-02-29") == "\"2024-02-29\"");
  CHECK(encode_x("date", "infinity").reject == Reject::bad_time);
}

TEST_CASE("arrays are JSON arrays of what their elements would be, of any dimension") {
  CHECK(json_x("integer[]", "{1,NULL,-3}") == "[1,null,-3]");
  CHECK(json_x("integer[]", "{}") == "[]");
  CHECK(json_x("integer[]", "{{1,2},{3,4}}") == "[[1,2],[3,4]]");
  CHECK(json_x("bigint[]", "{9007199254740993,1}") == "[\"9007199254740993\",1]");
  CHECK(json_x("numeric[]", "{1.10,NaN}") == "[\"1.10\",\"NaN\"]");
  CHECK(json_x("double precision[]", "{1e+21,0.5}") == "[1e+21,0.5]");
  CHECK(json_x("boolean[]", "{t,f}") == "[true,false]");
  CHECK(json_x("date[]", "{2024-02-29}") == "[\"2024-02-29\"]");
  CHECK(json_x("text[]", R"({a,"b c","NULL",NULL,"","{x}","1,2"})") == R"(["a","b c","NULL",null,"","{x}","1,2"])");
  CHECK(json_x("character varying[]", "{\"say \\\"hi\\\"\",\"C:\\\\temp\",\"a\nb\"}") == R"(["say \"hi\"","C:\\temp","a\nb"])");
  CHECK(json_x("jsonb[]", R"({"{\"a\": [1, 2]}",3})") == R"([{"a":[1,2]},3])");
  CHECK(encode_x("integer[]", "[0:1]={1,2}").reject == Reject::wrong_type);
  CHECK(encode_x("integer[]", "{1,two}").reject == Reject::wrong_type);
  CHECK(encode_x("double precision[]", "{1,Infinity}").reject == Reject::out_of_range);
  CHECK(encode_x("text[]", "{a,\xff}").reject == Reject::bad_utf8);
  for (const std::string bad : {"", "1", "{1", "{1,}", "{,1}", "{1}}", "{\"a}", "{{1},{2}", "{1}x"})
    CHECK(encode_x("text[]", bad).reject == Reject::wrong_type);
}

TEST_CASE("an array is no part of a key, no time and no id, and arrays of times are refused by name") {
  for (const auto* type : {"timestamp without time zone[]", "timestamp with time zone[]", "point[]", "integer[][]"})
    CHECK_THROWS_WITH(encode_x(type, "{}"), Catch::Contains("cannot carry: " + std::string{type}));
  auto table = shop::cart_events();
  auto info = shop::cart_events_info();
  shop::add_x(table, info, "text[]");
  table.key_template = "k-{x}";
  CHECK_THROWS_WITH((transfer::Encoder{table, info}), Catch::Contains("text[]"));
  table.key_template = "k";
  table.time_column = "x";
  CHECK_THROWS_WITH((transfer::Encoder{table, info}), Catch::Contains("text[]"));
}

TEST_CASE("times are UTC, cut to the digits asked for, before 1970 as well") {
  CHECK(json_x("timestamp without time zone", "2024-12-31 23:59:59.999999") == "\"2024-12-31T23:59:59.999Z\"");
  CHECK(json_x("timestamp without time zone", "1969-12-31 23:59:59.9996") == "\"1969-12-31T23:59:59.999Z\"");
  CHECK(json_x("timestamp without time zone", "0001-01-01 00:00:00") == "\"0001-01-01T00:00:00.000Z\"");
  CHECK(json_x("timestamp without time zone", "12024-03-01 00:00:00") == "\"+012024-03-01T00:00:00.000Z\"");
  CHECK(json_x("timestamp without time zone", "2000-02-29 01:02:03.4") == "\"2000-02-29T01:02:03.400Z\"");
  CHECK(encode_x("timestamp without time zone", "2024-05-01 12:00:00.000001", "UTC", 6).value.find("\"2024-05-01T12:00:00.000001Z\"") !=
        std::string::npos);
  CHECK(encode_x("timestamp without time zone", "2024-01-01 00:30:00", "+02:00").value.find("\"2023-12-31T22:30:00.000Z\"") !=
        std::string::npos);
  CHECK(encode_x("timestamp without time zone", "2024-01-01 00:30:00", "-05:30").value.find("\"2024-01-01T06:00:00.000Z\"") !=
        std::string::npos);
  for (const std::string bad :
       {"infinity", "-infinity", "-0043-03-15 00:00:00", "0000-12-31 23:59:59.999999", "294276-01-01 00:00:00", "275760-09-13 00:00:01"})
    CHECK(encode_x("timestamp without time zone", bad).reject == Reject::bad_time);
  CHECK(cart({"1", "1969-12-31 23:59:59.9996", "1", "1", "x"}).time_ms == -1);
  CHECK(cart({"1", "1970-01-01 00:00:00", "1", "1", "x"}).time_ms == 0);
  CHECK(cart({"1", "infinity", "1", "1", "x"}).column == "event_timestamp");
}

TEST_CASE("zones that only the server knows are left to the server") {
  auto table = shop::cart_events();
  auto info = shop::cart_events_info();
  shop::add_x(table, info, "timestamp with time zone");
  table.time_zone = "Europe/Berlin";
  const transfer::Encoder encoder{table, info};
  CHECK(encoder.columns()[1] ==
        R"(case when "event_timestamp" < timestamp '4000-01-01 BC' or "event_timestamp" > timestamp '290000-01-01' )"
        R"(then timestamp 'infinity' else (("event_timestamp" at time zone 'Europe/Berlin') at time zone 'UTC') end)");
  CHECK(encoder.columns().back() == R"(("x" at time zone 'UTC'))");
}

TEST_CASE("keys are made as a template literal makes them") {
  auto table = shop::cart_events();
  const auto key = [&](const std::string& pattern, const Fields& row) {
    table.key_template = pattern;
    return encode(table, shop::cart_events_info(), cart_types, row).key;
  };
  const Fields row{"42", "2024-05-01 00:00:00", "17", "3", "a\"\nb"};
  CHECK(key("page-hit", row) == "page-hit");
  CHECK(key("{product_id}", row) == "17");
  CHECK(key("{event_type}/{quantity}:{cart_event_id}", row) == "a\"\nb/3:42");
  CHECK(key("at-{event_timestamp}", row) == "at-2024-05-01T00:00:00.000Z");
  CHECK_THROWS_AS(key("product-{product_id", row), Error);
}

TEST_CASE("what cannot cross is refused by name before anything is read") {
  const auto refused = [](const EventTable& table, const TableInfo& info) {
    try {
      transfer::Encoder{table, info};
    } catch (const Error& e) { return std::string{e.what()}; }
    return std::string{};
  };
  auto table = shop::cart_events();
  auto info = shop::cart_events_info();
  shop::add_x(table, info, "tsvector");
  CHECK(refused(table, info) == "column public.cart_events.x has a type that events cannot carry: tsvector");
  info.columns.pop_back();
  CHECK(refused(table, info) == "table public.cart_events has no column x");
  info = shop::cart_events_info();
  table = shop::cart_events();
  info.primary_key = {"cart_event_id", "product_id"};
  CHECK(refused(table, info) == "table public.cart_events has no integer primary key cart_event_id");
  info.primary_key = {"event_type"};
  table.id_column = "event_type";
  CHECK(refused(table, info) == "table public.cart_events has no integer primary key event_type");
}
