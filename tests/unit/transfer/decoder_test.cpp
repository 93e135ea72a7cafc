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
/// The field of numeric(precision, scale).
std::string numeric_x(int precision, int scale, const std::string& json) {
  EventTable table = shop::cart_events();
  TableInfo info = shop::cart_events_info();
  table.fields.clear();
  shop::add_x(table, info, "numeric");
  info.columns.back().precision = precision;
  info.columns.back().scale = scale;
  const auto d = decode("{\"x\":" + json + "}", table, info);
  return d.reject != Reject::none ? std::string{to_string(d.reject)} : d.row.fields.at(0).value_or("NULL");
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
  CHECK(x("real[]", "[3.4028235e38,1e-45]") == R"({"3.4028235e38","1e-45"})");
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
  CHECK(x("jsonb", R"( { "a" : [2.50, "x, ]y\"}"] , "b":1.0 } )") == R"({ "a" : [2.50, "x, ]y\"}"] , "b":1.0 })");
  CHECK(x("json", R"("a : b, \\")") == R"("a : b, \\")");
  CHECK(x("jsonb[]", R"([ {"a": 2.50} , [1.0 , 2] , "," ])") == R"({"{\"a\": 2.50}","[1.0 , 2]","\",\""})");
}

TEST_CASE("a number becomes what it says to its last digit, or is refused") {
  CHECK(x("bigint", "9007199254740993.0") == "9007199254740993");
  CHECK(x("bigint", "9223372036854775807.000e0") == "9223372036854775807");
  CHECK(x("bigint", "-9.223372036854775808E+18") == "-9223372036854775808");
  CHECK(x("bigint", "-9.223372036854775809E+18") == "out_of_range");
  CHECK(x("bigint", "92233720368547758070e-1") == "9223372036854775807");
  CHECK(x("bigint", "123456789012345678901234567890") == "out_of_range");
  CHECK(x("bigint", "1e999999999999999999999") == "out_of_range");
  CHECK(x("bigint", "0e999999999999999999999") == "0");
  CHECK(x("bigint", "1e-999999999999999999999") == "wrong_type");
  CHECK(x("integer", "1e3") == "1000");
  CHECK(x("integer", "-0.0") == "0");
  CHECK(x("integer", "1200e-2") == "12");
  CHECK(x("integer", "1250e-2") == "wrong_type");
  CHECK(x("integer", "0.000000000000000000000000000001") == "wrong_type");
  CHECK(x("integer", R"("\u0031\u0037")") == "17");
  CHECK(x("smallint", "3.2767e4") == "32767");
  CHECK(x("smallint", "3.2768e4") == "out_of_range");
  for (const auto* beyond : {"1e400", "-1e400", "1e-400", "1e-324", "1.8e308", "2e-324"})
    CHECK(x("double precision", beyond) == "out_of_range");
  for (const auto* held : {"5e-324", "1.7976931348623157e308", "-0.0", "0e-400", "0.1", "18446744073709551616", "2.50"})
    CHECK(x("double precision", held) == held);
  for (const auto* beyond : {"3.4028236e38", "1e-46", "1e39", "1e400"}) CHECK(x("real", beyond) == "out_of_range");
  for (const auto* held : {"3.4028235e38", "1e-45", "0.0"}) CHECK(x("real", held) == held);
  CHECK(x("double precision", "\"1\"") == "wrong_type");
  for (const auto* held : {"123456789012345678901234567890", "1E400", "1e-400", "-0.10", "1e131071", "1e-16383"})
    CHECK(x("numeric", held) == held);
  for (const auto* beyond : {"1e131072", "1e-16384", "0e-16384", "0e1000000001"}) CHECK(x("numeric", beyond) == "out_of_range");
  CHECK(x("numeric", std::string(131'072, '9')) == std::string(131'072, '9'));
  CHECK(x("numeric", std::string(131'073, '9')) == "out_of_range");
}

TEST_CASE("a numeric takes what the copy writes, and one with a scale only what it holds without rounding") {
  for (const std::string held : {"NaN", "Infinity", "-Infinity", "1.50", "1.5e3", ".5", "-5."})
    CHECK(x("numeric", "\"" + held + "\"") == held);
  for (const auto* wrong : {"\"\"", "\"infinity\"", "\"+1\"", "\"1e\"", "\" 1\"", "\"0x1\"", "\"1_000\"", "true"})
    CHECK(x("numeric", wrong) == "wrong_type");
  CHECK(numeric_x(6, 2, "1234.50") == "1234.50");
  CHECK(numeric_x(6, 2, "1.5000") == "1.5000");
  CHECK(numeric_x(6, 2, "1.005") == "out_of_range");
  CHECK(numeric_x(6, 2, "12345") == "out_of_range");
  CHECK(numeric_x(6, 2, "1234e0") == "1234e0");
  CHECK(numeric_x(6, 2, "0.000") == "0.000");
  CHECK(numeric_x(6, 2, "\"Infinity\"") == "out_of_range");
  CHECK(numeric_x(6, 2, "\"NaN\"") == "NaN");
  CHECK(numeric_x(2, 4, "0.0012") == "0.0012");
  CHECK(numeric_x(2, 4, "0.012") == "out_of_range");
  CHECK(numeric_x(2, 4, "0") == "0");
  CHECK(numeric_x(3, -2, "12300") == "12300");
  CHECK(numeric_x(3, -2, "12350") == "out_of_range");
}

TEST_CASE("only members that go into columns are judged, and of one name only the last") {
  const auto taken = [](const std::string& more) {
    INFO(more.substr(0, 100));
    const auto d = decode(R"({"product_id":17,"quantity":3,"event_type":"added",)" + more + "}");
    CHECK(to_string(d.reject) == "none");
    return d.row.fields;
  };
  const auto deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const auto& odd : std::vector<std::string>{"18446744073709551616", "123456789012345678901234567890", "1e400", "-1E-400",
                                                  R"("\ud800")", R"("\udc00\ud800x")", R"({"\ud800":"\u0000"})", deep})
    taken("\"trace\":" + odd);
  taken(R"("\ud800":1)");
  CHECK(taken(R"("quantity":"many","quantity":{"a":1e400},"quantity":7)")[1] == "7");
  CHECK(taken(R"("quantity":null,"qu\u0061ntity":8)")[1] == "8");
  CHECK(taken(R"("event_type":"\ud800","event_type":"b")")[2] == "b");
  CHECK(decode(R"({"quantity":7,"event_type":"a","quantity":"many"})").row.column == "quantity");
  CHECK(decode(R"({"quantity":7,"event_type":"a","quantity":null})").reject == Reject::missing_field);
}

TEST_CASE("a text that has no characters for what it says is refused by its column") {
  CHECK(x("text", R"("\ud83d\ude00 \u00e9 \/")") == "\U0001F600 \u00e9 /");
  for (const auto* lone : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800\u0041")", R"("a\udbffb")"})
    for (const auto* type : {"text", "jsonb"}) CHECK(x(type, lone) == "bad_utf8");
  CHECK(x("text[]", R"(["\ud800"])") == "bad_utf8");
  CHECK(x("jsonb", R"({"\ud800":1})") == "bad_utf8");
  CHECK(x("uuid", R"("\ud800")") == "wrong_type");
}

TEST_CASE("json is kept as it was written, and jsonb if it can hold it") {
  for (const auto* odd : {R"({"a":1,"a":2})", R"("\ud800")", R"("\u0000")", R"({ "z" : 1.10,	"wei": 100000000000000000000 })", "1e400",
                          "1e999999", R"({"e":1E+2})"})
    CHECK(x("json", odd) == odd);
  for (const auto* held : {R"({"a":1,"a":2})", R"({"z":1.10, "wei":100000000000000000000})", "1e400", R"({"y":-0.0})", R"("1e999999")"})
    CHECK(x("jsonb", held) == held);
  for (const auto* beyond : {"1e131072", R"({"a":[1,{"b":1e-16384}]})", R"(["x\"",1e999999])"}) CHECK(x("jsonb", beyond) == "out_of_range");
}

TEST_CASE("JSON's null in a json column is told from NULL") {
  EventTable table = shop::cart_events();
  TableInfo info = shop::cart_events_info();
  table.fields.clear();
  shop::add_x(table, info, "jsonb");
  info.columns.push_back({"y", "json", {}, true, ""});
  table.fields.push_back({"why", "y", {}});
  const auto fields = [&](const std::string& json) { return decode(json, table, info).row.fields; };
  using Fields = std::vector<std::optional<std::string>>;
  CHECK(fields(R"({"x":null,"why":null})") == Fields{std::nullopt, std::nullopt});
  CHECK(fields(R"({"x":null,"why":null,"mykartctl_json_null":["x"]})") == Fields{"null", std::nullopt});
  CHECK(fields(R"({"mykartctl_json_null":["why","x"],"x":null,"why":null})") == Fields{"null", "null"});
  CHECK(fields(R"({"x":1,"mykartctl_json_null":["x"]})") == Fields{"1", std::nullopt});
  for (const auto* odd : {"1", "{}", "[1]", "[]", "\"x\"", "[[\"x\"]]"})
    CHECK(fields(R"({"x":null,"mykartctl_json_null":)" + std::string{odd} + "}") == Fields{std::nullopt, std::nullopt});
}

TEST_CASE("whose event it is comes before all that could be wrong with it") {
  for (const auto* odd : {"18446744073709551616", "1e400", R"("\ud800")", "\"\xff\"", "{", "x"}) {
    const auto d = decode(R"({"quantity":)" + std::string{odd} + R"(,"event_id":"pg:cart_events:42"})");
    CHECK(d.reject == Reject::none);
    CHECK(d.row.from_table);
    CHECK(d.row.source_id == 42);
  }
  EventTable table = shop::cart_events();
  transfer::Decoder decoder{table, shop::cart_events_info()};
  transfer::Decoder::Row row;
  CHECK(decoder.decode_fields(R"({"quantity":5,"event_type":"a","event_id":"pg:cart_events:42"})", row) == Reject::none);
  CHECK_FALSE(row.from_table);
  CHECK(row.fields[1] == "5");
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
                          "\"text\"", "17", "null", "[]", "{\"a\":\"\x01\"}", "{\"a\":\"\\x\"}"})
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
  CHECK(x("double precision", "1e39") == "1e39");
  CHECK(x("boolean", "true") == "t");
  CHECK(x("boolean", "\"true\"") == "wrong_type");
  CHECK(x("uuid", "\"0b2f0a4e-7c2b-4a3e-9a55-000000000001\"") == "0b2f0a4e-7c2b-4a3e-9a55-000000000001");
  CHECK(x("uuid", "\"0b2f0a4e\"") == "wrong_type");
  CHECK(x("uuid", "\"0b2f0a4e-7c2b-4a3e-9a55-00000000000g\"") == "wrong_type");
  CHECK(x("jsonb", R"({"a" : [1, "\\u0000"]})") == R"({"a" : [1, "\\u0000"]})");
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
  CHECK(decode(value, table, info).row.fields[4] == R"({"user_agent":"x \"y\" é","ip":null,"nested":{"a": [1, 2.5]},"event_id":"own"})");
  CHECK(decode(R"({"quantity":1,"event_type":"a"})", table, info).row.fields[4] == std::nullopt);
  CHECK(decode(R"({"quantity":1,"event_type":"a","z":"\u0000"})", table, info).reject == Reject::nul_byte);
}
