#include <catch2/catch.hpp>
#include <map>

#include "core/error.hpp"
#include "support/cart_events.hpp"
#include "transfer/codec.hpp"

using namespace ctl;
using transfer::Reject;

namespace {

struct Decoded {
  Reject reject{};
  transfer::Decoder::Row row{};
};
Decoded decode(std::string_view value, const EventTable& table = shop::cart_events(), const TableInfo& info = shop::cart_events_info()) {
  transfer::Decoder decoder{table, info};
  Decoded d;
  d.reject = decoder.decode(value, d.row);
  return d;
}
Decoded decode_x(const std::string& type, const std::string& json, std::optional<int> length = {}, const std::string& zone = "UTC") {
  EventTable table = shop::cart_events();
  TableInfo info = shop::cart_events_info();
  table.fields.clear();
  table.time_zone = zone;
  shop::add_x(table, info, type);
  info.columns.back().length = length;
  return decode("{\"x\":" + json + "}", table, info);
}
/// The field, or why there is none.
std::string x(const std::string& type, const std::string& json, std::optional<int> length = {}, const std::string& zone = "UTC") {
  const auto d = decode_x(type, json, length, zone);
  if (d.reject != Reject::none) return std::string{to_string(d.reject)};
  return d.row.fields.at(0).value_or("NULL");
}
std::string cart_with(const std::string& member, const std::string& json) {
  std::map<std::string, std::string> members{
      {"product_id", "17"}, {"quantity", "3"}, {"event_type", "\"added\""}, {"event_timestamp", "\"2024-05-01T12:34:56.789Z\""}};
  if (json.empty())
    members.erase(member);
  else
    members[member] = json;
  std::string text = "{";
  for (const auto& [name, value] : members) text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  return text + "}";
}

}  // namespace

TEST_CASE("an event of the shop becomes the row that it would have been") {
  const auto d = decode(
      R"({"product_id":17,"quantity":3,"event_type":"added","event_timestamp":"2024-05-01T12:34:56.789Z","user_agent":"curl/8","ip":"::1"})");
  REQUIRE(d.reject == Reject::none);
  CHECK_FALSE(d.row.from_table);
  CHECK(d.row.fields == std::vector<std::optional<std::string>>{"17", "3", "added", "2024-05-01 12:34:56.789000"});
}

TEST_CASE("a JSON array becomes an array of the column's type, every value checked as its element's") {
  CHECK(x("integer[]", "[1, null, -3]") == R"({"1",NULL,"-3"})");
  CHECK(x("integer[]", "[]") == "{}");
  CHECK(x("integer[]", "[[1,2],[3,4]]") == R"({{"1","2"},{"3","4"}})");
  CHECK(x("text[]", R"(["a","b c","NULL",null,"","say \"hi\"","C:\\temp","{x}"])") ==
        R"({"a","b c","NULL",NULL,"","say \"hi\"","C:\\temp","{x}"})");
  CHECK(x("boolean[]", "[true,false]") == R"({"t","f"})");
  CHECK(x("bigint[]", R"(["9007199254740993"])") == R"({"9007199254740993"})");
  CHECK(x("jsonb[]", R"([{"a":[1,2]},[3]])") == R"({"{\"a\":[1,2]}","[3]"})");
  CHECK(x("character varying[]", R"(["abc"])", 2) == "too_long");
  CHECK(x("real[]", "[3.4028235e38,1e-45]") == R"({"3.4028235e+38","1e-45"})");
  for (const auto* beyond : {"[3.4028236e38]", "[-1e39]", "[1e-46]"}) CHECK(x("real[]", beyond) == "out_of_range");
  CHECK(x("smallint[]", "[40000]") == "out_of_range");
  for (const auto* wrong :
       {"1", "{}", "\"{1}\"", "[[1,2],[3]]", "[1,[2]]", "[[1],2]", "[[],[]]", "[[[[[[[1]]]]]]]", "[\"x\"]", "[[1],null]"})
    CHECK(x("integer[]", wrong) == "wrong_type");
  CHECK(x("integer[]", "[[[[[[1]]]]]]") == R"({{{{{{"1"}}}}}})");
}

TEST_CASE("numbers and JSON are carried as they are written, whatever a double would make of them") {
  CHECK(x("numeric", "1234567890.12345678901234567890") == "1234567890.12345678901234567890");
  CHECK(x("numeric", " 2.50 ") == "2.50");
  CHECK(x("numeric[]", "[2.50, 1e3, \"7.0\"]") == R"({"2.50","1e3","7.0"})");
  CHECK(x("jsonb", R"( { "a" : [2.50, "x, ]y\"}"] , "b":1.0 } )") == R"({"a":[2.50,"x, ]y\"}"],"b":1.0})");
  CHECK(x("json", R"("a : b, \\")") == R"("a : b, \\")");
  CHECK(x("jsonb[]", R"([ {"a": 2.50} , [1.0 , 2] , "," ])") == R"({"{\"a\":2.50}","[1.0,2]","\",\""})");
}

TEST_CASE("provenance is recognised wherever the id field stands, and a foreign one is rejected") {
  const auto d = decode(R"({"event_id":"pg:cart_events:42","product_id":17})");
  REQUIRE(d.reject == Reject::none);
  CHECK(d.row.from_table);
  CHECK(d.row.source_id == 42);
  CHECK(decode(R"({"event_id":"pg:clicks:42","product_id":17})").reject == Reject::wrong_type);
  CHECK(decode(R"({"event_id":"pg:cart_events:4x"})").row.column == "event_id");
  const auto own = decode(R"({"event_id":"5c0e","product_id":1,"quantity":1,"event_type":"added"})");
  CHECK(own.reject == Reject::none);
  CHECK_FALSE(own.row.from_table);
}

TEST_CASE("poison is named by reason and column") {
  const auto poison = [](const std::string& value, Reject reject, const std::string& column = "") {
    INFO(value);
    const auto d = decode(value);
    CHECK(to_string(d.reject) == to_string(reject));
    CHECK(d.row.column == column);
  };
  for (const auto* bad : {"", " ", "not json", "{", "[1,2}", "{}{}", "{\"a\":1,}", "{'a':1}", "{\"a\":NaN}", "{\"a\":01}", "{\"a\":1} x",
                          "\"text\"", "17", "null", "[]", "{\"a\":\"\\ud800\"}", "{\"a\":\"\x01\"}", "{\"a\":\"\\x\"}"})
    poison(bad, Reject::bad_json);
  poison(std::string(5000, '['), Reject::bad_json);
  poison("{\"event_type\":\"\xff\"}", Reject::bad_utf8);
  poison("{\"a\":\"\xed\xa0\x80\"}", Reject::bad_utf8);
  poison("{}", Reject::missing_field, "product_id");
  poison(R"({"something":"else"})", Reject::missing_field, "product_id");
  poison(cart_with("quantity", ""), Reject::missing_field, "quantity");
  poison(cart_with("quantity", "null"), Reject::missing_field, "quantity");
  poison(cart_with("quantity", "1.5"), Reject::wrong_type, "quantity");
  poison(cart_with("quantity", "\"many\""), Reject::wrong_type, "quantity");
  poison(cart_with("quantity", "\"\""), Reject::wrong_type, "quantity");
  poison(cart_with("quantity", "\"1 \""), Reject::wrong_type, "quantity");
  poison(cart_with("quantity", "true"), Reject::wrong_type, "quantity");
  poison(cart_with("quantity", "[1]"), Reject::wrong_type, "quantity");
  poison(cart_with("quantity", "{}"), Reject::wrong_type, "quantity");
  poison(cart_with("product_id", "2147483648"), Reject::out_of_range, "product_id");
  poison(cart_with("product_id", "-2147483649"), Reject::out_of_range, "product_id");
  poison(cart_with("product_id", "18446744073709551615"), Reject::out_of_range, "product_id");
  poison(cart_with("product_id", "1e300"), Reject::out_of_range, "product_id");
  poison(cart_with("product_id", "\"99999999999999999999\""), Reject::out_of_range, "product_id");
  poison(cart_with("event_type", "\"" + std::string(51, 'x') + "\""), Reject::too_long, "event_type");
  poison(cart_with("event_type", "5"), Reject::wrong_type, "event_type");
  poison(cart_with("event_type", R"("a\u0000b")"), Reject::nul_byte, "event_type");
  for (const auto* bad : {"\"yesterday\"", "\"\"", "\"2024-05-01\"", "\"2024-05-01T12:34:56.789\"", "\"2024-13-01T00:00:00.000Z\"",
                          "\"2024-02-30T00:00:00.000Z\"", "\"2024-05-01T24:00:00.000Z\"", "\"2024-05-01T23:59:60.000Z\"",
                          "\"20000-01-01T00:00:00.000Z\"", "\"-000044-03-15T00:00:00.000Z\"", "\"0000-01-01T00:00:00.000Z\"",
                          "\"2024-05-01T12:34:56.1234567Z\"", "\"infinity\"", "\"Invalid Date\""})
    poison(cart_with("event_timestamp", bad), Reject::bad_time, "event_timestamp");
  poison(cart_with("event_timestamp", "1714566896789"), Reject::wrong_type, "event_timestamp");
}

TEST_CASE("what only looks odd is taken") {
  CHECK(decode(cart_with("product_id", "null")).row.fields[0] == std::nullopt);
  CHECK(decode(cart_with("product_id", "")).row.fields[0] == std::nullopt);
  CHECK(decode(cart_with("quantity", "2.0")).row.fields[1] == "2");
  CHECK(decode(cart_with("quantity", "\"2\"")).row.fields[1] == "2");
  CHECK(decode(cart_with("quantity", "-5")).row.fields[1] == "-5");
  CHECK(decode(cart_with("event_type", "\"" + std::string(50, 'x') + "\"")).reject == Reject::none);
  std::string fifty;
  for (int i = 0; i < 50; ++i) fifty += "€";
  CHECK(decode(cart_with("event_type", "\"" + fifty + "\"")).row.fields[2] == fifty);
  CHECK(decode(R"({"quantity":1,"quantity":2,"event_type":"a\"\\\n"})").row.fields[1] == "2");
  CHECK(decode(" {\"quantity\" : 1, \"event_type\":\"a\\\"\\\\\\n\"} ").row.fields[2] == "a\"\\\n");
}

TEST_CASE("each type is validated as the column takes it") {
  CHECK(x("smallint", "32768") == "out_of_range");
  CHECK(x("smallint", "-32768") == "-32768");
  CHECK(x("bigint", "\"9223372036854775807\"") == "9223372036854775807");
  CHECK(x("bigint", "\"9223372036854775808\"") == "out_of_range");
  CHECK(x("numeric", "\"12345678901234567890.10\"") == "12345678901234567890.10");
  CHECK(x("numeric", "0.1") == "0.1");
  CHECK(x("numeric", "\"1,5\"") == "wrong_type");
  CHECK(x("numeric", "\".\"") == "wrong_type");
  CHECK(x("real", "1e39") == "out_of_range");
  CHECK(x("double precision", "1e39") == "1e+39");
  CHECK(x("boolean", "true") == "t");
  CHECK(x("boolean", "\"true\"") == "wrong_type");
  CHECK(x("uuid", "\"0b2f0a4e-7c2b-4a3e-9a55-000000000001\"") == "0b2f0a4e-7c2b-4a3e-9a55-000000000001");
  CHECK(x("uuid", "\"0b2f0a4e\"") == "wrong_type");
  CHECK(x("uuid", "\"0b2f0a4e-7c2b-4a3e-9a55-00000000000g\"") == "wrong_type");
  CHECK(x("jsonb", R"({"a" : [1, "\\u0000"]})") == R"({"a":[1,"\\u0000"]})");
  CHECK(x("jsonb", R"(["\u0000"])") == "nul_byte");
  CHECK(x("date", "\"2024-02-29\"") == "2024-02-29");
  CHECK(x("date", "\"2023-02-29\"") == "bad_time");
  CHECK(x("timestamp with time zone", "\"2024-05-01T12:00:00.123456+02:00\"") == "2024-05-01 10:00:00.123456+00");
  CHECK(x("timestamp without time zone", "\"2024-05-01T12:00:00.000Z\"", {}, "+02:00") == "2024-05-01 14:00:00.000000");
  CHECK(x("timestamp without time zone", "\"+012024-05-01T12:00:00.000Z\"") == "12024-05-01 12:00:00.000000");
  CHECK(x("timestamp without time zone", "\"1969-12-31T23:59:59.999Z\"") == "1969-12-31 23:59:59.999000");
  CHECK(x("character varying", "\"ab\"", 1) == "too_long");
  CHECK(x("text", "null") == "NULL");
}

TEST_CASE("times for a zone with rules of its own are left in UTC and pointed out") {
  auto table = shop::cart_events();
  table.time_zone = "Europe/Berlin";
  const transfer::Decoder decoder{table, shop::cart_events_info()};
  CHECK(decoder.utc_columns() == std::vector<std::size_t>{3});
}

TEST_CASE("members that no column takes are dropped, or kept as one jsonb if that is declared") {
  auto table = shop::cart_events();
  auto info = shop::cart_events_info();
  const std::string_view value =
      R"({"quantity":1,"event_type":"a","user_agent":"x \"y\" é","ip":null,"nested":{"a": [1, 2.5]},"event_id":"own"})";
  CHECK(decode(value, table, info).row.fields.size() == 4);
  table.extra_fields = EventTable::Extra::jsonb;
  CHECK_THROWS_AS(decode(value, table, info), Error);
  info.columns.push_back({"extra", "jsonb", {}, true, ""});
  CHECK(decode(value, table, info).row.fields[4] == R"({"user_agent":"x \"y\" é","ip":null,"nested":{"a":[1,2.5]},"event_id":"own"})");
  CHECK(decode(R"({"quantity":1,"event_type":"a"})", table, info).row.fields[4] == std::nullopt);
  CHECK(decode(R"({"quantity":1,"event_type":"a","z":"\u0000"})", table, info).reject == Reject::nul_byte);
}
