#include <catch2/catch.hpp>
#include <random>

#include "support/cart_events.hpp"
#include "support/process.hpp"
#include "transfer/codec.hpp"
#include "transfer/json_reader.hpp"
#include "transfer/provenance.hpp"

using namespace ctl;
using namespace ctl::transfer;

namespace {

/// Texts of which each does one odd thing; some are JSON.
const std::vector<std::string> hostile{
    "",
    " ",
    "{}",
    " {\t}\r\n",
    "[]",
    "1",
    "\"x\"",
    "null",
    "{",
    "}",
    "{{}",
    "{}{}",
    "{} x",
    "\xef\xbb\xbf{}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{a:1}",
    "{'a':1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\" : 1 , \"b\":\t2}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":-01}",
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":1e}",
    "{\"a\":1e+}",
    "{\"a\":+1}",
    "{\"a\":1E-05}",
    "{\"a\":-0}",
    "{\"a\":0e0}",
    "{\"a\":1_0}",
    "{\"a\":0x1}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":tru}",
    "{\"a\":truer}",
    "{\"a\":nul}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1,[2,{\"b\":[]}],{}]}",
    "{\"a\":[}]}",
    "{\"a\":{]}}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\u12g4\"}",
    "{\"a\":\"\\uD800\"}",
    "{\"a\":\"\\\"}",
    "{\"a\":\"\\\\\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":\"\x7f\"}",
    "{\"a\":\"12345678\t\"}",
    "{\"a\":\"\xff\"}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":\"\xe2\x80\xa8\"}",
    std::string{"{\"a\":\"\0\"}", 9},
    std::string{"{}\0", 3},
    "{\"a\":\"\\/\\b\\f\\n\\r\\t\\u0000\"}",
    "{\"\":1,\"\":2}",
    "{\"a\":1}}",
    "{\"a\":[[[[[[[[[[]]]]]]]]]]}",
    "/**/{}",
    "{}//",
    "{\"a\":1;}",
    "{\"a\":\"\n\"}",
    "{\"a\":123456789012345678901234567890e999999999999}",
    "{\"a\":\"x",
    "{\"a\":\"x\\",
    "{\"a",
    "{\"a\":1",
    "{\"a\":[1",
    "{\"a\":{\"b\":1",
    "{\"a\":1,",
    "{\"a\":1,\"",
};

bool is_object(std::string_view text) {
  std::vector<JsonMember> members;
  return !read_object(text, members);
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

/// Cuts, doubles and replaces pieces of texts that are nearly JSON.
std::string mutated(std::mt19937& random, const std::vector<std::string>& seeds) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
  constexpr std::string_view bytes = "{}[]\",:\\ueE+-.0129tfn \t\x01\x80\xc3\xa9";
  auto text = seeds[below(seeds.size())];
  for (auto n = 1 + below(3); n > 0; --n) {
    const auto at = below(text.size() + 1);
    switch (below(4)) {
      case 0: text.insert(at, 1, bytes[below(bytes.size())]); break;
      case 1: text.erase(at, 1 + below(3)); break;
      case 2: text.insert(at, text.substr(below(text.size() + 1), below(20))); break;
      default:
        if (at < text.size()) text[at] = bytes[below(bytes.size())];
    }
  }
  return text;
}

const std::vector<std::string> claims{
    R"({"product_id":1,"event_id":"pg:cart_events:42"})",
    R"({"event_id":"pg:cart_events:7"})",
    R"({ "event_id" : "pg:cart_events:7", "product_id" : 1 })",
    R"({"event_id":"pg:cart_events:1","event_id":"own"})",
    R"({"event_id":"own","event_id":"pg:cart_events:1"})",
    R"({"event_id":"pg:cart_events:1","event\u005fid":"pg:cart_events:2"})",
    R"({"event_id":"pg:cart_events:1","event\u005fid":7})",
    R"({"event_id":"\u0070g:cart_events:9"})",
    R"({"a":{"event_id":"pg:cart_events:1"}})",
    R"({"a":[{"b":1,"event_id":"pg:cart_events:1"}]})",
    R"({"a":"x,\"event_id\":\"pg:cart_events:42\"}"})",
    R"({"a":1e400,"b":"\ud800","event_id":"pg:cart_events:-3"})",
    R"({"a":18446744073709551616,"event_id":"pg:cart_events:3","z":1})",
    R"({"a":1,"event_id":"pg:cart_events:007"})",
    R"({"a":1,"event_id":"pg:cart_events:-0"})",
    R"({"a":1,"event_id":"pg:cart_events:9223372036854775808"})",
    R"({"a":1,"event_id":"pg:cart_events:1-2"})",
    R"({"a":1,"event_id":"pg:clicks:42"})",
    R"({"a":1,"event_id":"pg:"})",
    R"({"a":1,"event_id":null})",
    R"(no json,"event_id":"pg:cart_events:5"})",
    R"({"a":{"b":1,"event_id":"pg:cart_events:5"})",
    R"({"a":"b,"event_id":"pg:cart_events:5"})",
    R"(,"event_id":"pg:cart_events:5"})",
    R"({"a":1,"event_id":"pg:cart_events:5"} )",
    R"({"a":1,"event_id":"pg:cart_events:5"}})",
    R"({"event_type":"\","event_id":"pg:cart_events:5"})",
};

}  // namespace

TEST_CASE("what is JSON is what Python's parser takes, hostile and mutated texts alike") {
  std::mt19937 random{20240501};
  auto texts = hostile;
  for (int i = 0; i < 4000; ++i) texts.push_back(mutated(random, i % 2 == 0 ? hostile : claims));
  std::string input;
  for (const auto& text : texts) input += hex(text) + "\n";
  // Python takes NaN, Infinity and -Infinity besides, and a byte order mark is no error of its json.loads(bytes).
  constexpr const char* program = R"(
import json, sys
def no(word): raise ValueError(word)
for line in sys.stdin:
    raw = bytes.fromhex(line.strip())
    try:
        text = raw.decode('utf-8')
        members = json.loads(text, parse_constant=no, parse_int=str, parse_float=str, object_pairs_hook=lambda pairs: ('object', pairs))
        good = isinstance(members, tuple)
        print(1 if good else 0, len(members[1]) if good else 0, *[name.encode('utf-8', 'surrogatepass').hex() or '-' for name, _ in (members[1] if good else [])])
    except (ValueError, RecursionError):
        print(0, 0)
)";
  const auto ended = process::run({"python3", "-c", program}, {}, input, std::chrono::seconds{20});
  REQUIRE(ended.status == 0);
  std::istringstream lines{ended.out};
  int objects = 0;
  for (const auto& text : texts) {
    INFO(text);
    std::string line;
    REQUIRE(std::getline(lines, line));
    std::istringstream words{line};
    int good = 0;
    std::size_t count = 0;
    words >> good >> count;
    std::vector<JsonMember> members;
    CHECK(!read_object(text, members) == (good == 1));
    CHECK(members.size() == count);
    objects += good;
    std::string scratch;
    for (const auto& member : members) {
      std::string name;
      words >> name;
      const auto quoted = "\"" + std::string{member.name} + "\"";
      const auto decoded = text_of(quoted, scratch);
      if (decoded) CHECK((decoded->empty() ? "-" : hex(*decoded)) == name);
    }
  }
  CHECK(objects > 200);  // else the texts say nothing
}

TEST_CASE("no depth and no cut ends the reader") {
  for (const std::string open : {"[", "{\"a\":", "[{\"a\":["}) {
    std::string text = "{\"a\":";
    for (int i = 0; i < 300'000; ++i) text += open;
    CHECK_FALSE(is_object(text));
  }
  const auto deep = "{\"a\":" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
  CHECK(is_object(deep));
  const std::string whole = R"({"aé":"\ud83d\ude00\\","b":[-1.5e+10,{"c":null},true],"d":{"e":false}})";
  REQUIRE(is_object(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));  // its own memory: a sanitizer sees its end
    CHECK_FALSE(is_object({cut.data(), cut.size()}));
  }
}

TEST_CASE("what is wrong with a text is said with its place") {
  std::vector<JsonMember> members;
  const auto fault = [&](std::string_view text) { return read_object(text, members).value().detail; };
  CHECK(fault(R"({"a":1 "b":2})") == R"('"' instead of ',' or '}' at byte 7)");
  CHECK(fault(R"({"a":)") == "the end instead of a value");
  CHECK(fault("{\"a\":\"\t\"}") == "byte 0x09 instead of a character of a text at byte 6");
  CHECK(fault(R"({"a":"\ud8"})") == R"('"' instead of a hexadecimal digit at byte 10)");
  CHECK(fault("[1]") == "not an object");
  CHECK(fault("[1") == "the end instead of ',' or ']'");
}

TEST_CASE("members are given as they are written, in their order") {
  std::vector<JsonMember> members;
  REQUIRE_FALSE(read_object("{ \"a\" : [ 1 , 2 ] , \"b\\\"\":\"x\" ,\"a\":1.0}", members));
  REQUIRE(members.size() == 3);
  CHECK(members[0].value == "[ 1 , 2 ]");
  CHECK(members[1].name == "b\\\"");
  CHECK(is_named(members[1], "b\""));
  CHECK(members[2].value == "1.0");
}

TEST_CASE("a row of the table is told from everything that only looks like one, and replay reads it as reconcile does") {
  Provenance provenance{shop::cart_events()};
  const auto row = [&](std::string_view text) { return provenance.row_of(text); };
  CHECK(row(R"({"product_id":1,"event_id":"pg:cart_events:42"})") == 42);
  CHECK(row(R"({"product_id":1,"event_id":"pg:cart_events:-42"})") == -42);
  CHECK(row(R"({"event_id":"pg:cart_events:7"})") == 7);
  CHECK(row(R"({ "event_id" : "pg:cart_events:7", "product_id" : 1 })") == 7);
  CHECK(row(R"({"event_id":"own","event_id":"pg:cart_events:1"})") == 1);
  CHECK(row(R"({"event_id":"pg:cart_events:1","event\u005fid":"pg:cart_events:2"})") == 2);
  CHECK(row(R"({"event_id":"\u0070g:cart_events:9"})") == 9);
  CHECK(row(R"({"a":1e400,"b":"\ud800","event_id":"pg:cart_events:-3"})") == -3);
  CHECK(row(R"({"a":18446744073709551616,"event_id":"pg:cart_events:3","z":1})") == 3);
  CHECK(row(R"({"a":)" + std::string(5000, '[') + std::string(5000, ']') + R"(,"event_id":"pg:cart_events:3","z":1})") == 3);
  CHECK(row(R"(no json,"event_id":"pg:cart_events:5"})") == 5);  // whoever compares it with the row finds out
  for (const auto* other :
       {"", "}", "\"}", R"({"product_id":1,"event_id":"pg:clicks:42"})", R"({"product_id":1,"event_id":"pg:cart_events:"})",
        R"({"product_id":1,"event_id":"pg:cart_events:1-2"})", R"({"product_id":1,"event_id":"pg:cart_events:007"})",
        R"({"product_id":1,"event_id":"pg:cart_events:-0"})", R"({"event_type":"x,\"event_id\":\"pg:cart_events:42\"}"})",
        R"({"product_id":1,"quantity":1,"event_type":"a","nested":{"a":1,"event_id":"pg:cart_events:42"}})", "no json",
        R"({"event_id":"pg:cart_events:1","event_id":"own"})", R"({"event_id":"pg:cart_events:1","event\u005fid":7})",
        R"(no json,"event_id":"pg:cart_events:5","z":1})", R"({"a":1,"event_id":"pg:cart_events:5"}})"}) {
    INFO(other);
    CHECK(row(other) == std::nullopt);
  }

  Decoder decoder{shop::cart_events(), shop::cart_events_info()};
  Decoder::Row decoded;
  std::mt19937 random{7};
  auto texts = claims;
  texts.insert(texts.end(), hostile.begin(), hostile.end());
  for (int i = 0; i < 20'000; ++i) texts.push_back(mutated(random, claims));
  int rows = 0;
  for (const auto& text : texts) {
    INFO(text);
    const auto claimed = row(text);
    const auto reject = decoder.decode(text, decoded);
    const bool from_table = reject == Reject::none && decoded.from_table;
    CHECK(from_table == claimed.has_value());
    if (from_table && claimed) CHECK(decoded.source_id == *claimed);
    rows += from_table ? 1 : 0;
  }
  CHECK(rows > 1000);
}
