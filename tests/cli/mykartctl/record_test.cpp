#include <catch2/catch.hpp>
#include <random>

#include "record_json.hpp"
#include "record_table.hpp"

using namespace ctl;
using namespace ctl::cli;

namespace {

const kafka::Partition clicks{"shop.clicks", 1};

std::string json_of(const kafka::Message& message) {
  std::string line;
  JsonRecords{}.append(line, message);
  return line;
}
std::string text_of(std::string_view bytes) {
  std::string text;
  append_text(text, bytes);
  return text;
}

std::optional<std::string_view> view(const std::optional<std::string>& bytes) {
  return bytes ? std::optional<std::string_view>{*bytes} : std::nullopt;
}

/// null, empty, text with everything that has to be escaped, or just any bytes.
class Bytes {
 public:
  std::optional<std::string> next() {
    constexpr std::string_view odd{"\"\\\n\t\r\b\f\x1b\x7f\0/{}\xC3\xBC\xE2\x80\xAE\xE2\x80\xA8\xF0\x9F\x9B\x92\xC2\x9B", 33};
    switch (random(5)) {
      case 0: return std::nullopt;
      case 1: return "";
      case 2: {
        std::string text(random(20), 'x');
        for (auto& c : text)
          if (random(2) == 0) c = odd[random(odd.size())];
        return text;
      }
      case 3: return std::string{odd} + std::string(random(20), 'y');
      default: {
        std::string bytes(random(40), '\0');
        for (auto& c : bytes) c = static_cast<char>(random(256));
        return bytes;
      }
    }
  }
  std::size_t random(std::size_t below) { return std::uniform_int_distribution<std::size_t>{0, below - 1}(engine_); }

 private:
  std::mt19937 engine_{4711};
};

}  // namespace

TEST_CASE("a record as JSON is one line with all of it, bytes that are no text in base64") {
  const auto line = json_of({.partition = clicks,
                             .offset = 12,
                             .time = *parse_instant("2026-11-22T10:00:00.007Z"),
                             .key = "product-1",
                             .value = "{\n \"a\": \"\x1b[31m\"}",
                             .headers = {{"trace", "1"}, {"trace", std::nullopt}, {"bin", "\xff"}}});
  CHECK(line == R"({"topic":"shop.clicks","partition":1,"offset":12,"time":"2026-11-22T10:00:00.007Z","key":"product-1",)"
                R"("value":"{\n \"a\": \"\u001b[31m\"}","headers":[{"name":"trace","value":"1"},{"name":"trace","value":null},)"
                R"({"name":"bin","value":null,"value_base64":"/w=="}]})"
                "\n");
  const auto tombstone =
      json_of({.partition = clicks, .offset = 0, .time = Millis{std::chrono::milliseconds{-1}}, .key = "", .value = {}, .headers = {}});
  CHECK(tombstone == "{\"topic\":\"shop.clicks\",\"partition\":1,\"offset\":0,\"time\":null,\"key\":\"\",\"value\":null,\"headers\":[]}\n");
}

TEST_CASE("any record reads back as it was written, byte for byte, and no control byte leaves") {
  Bytes bytes;
  for (int i = 0; i < 20'000; ++i) {
    const auto key = bytes.next(), value = bytes.next();
    std::vector<InputRecord::Header> headers(bytes.random(4));
    for (auto& header : headers) header = {bytes.next().value_or("name"), bytes.next()};
    const Millis time{std::chrono::milliseconds{1 + static_cast<std::int64_t>(bytes.random(4'000'000'000'000))}};
    kafka::Message message{.partition = clicks, .offset = i, .time = time, .key = view(key), .value = view(value), .headers = {}};
    for (const auto& header : headers) message.headers.push_back({header.name, view(header.value)});

    const auto line = json_of(message);
    const auto record = read_record(line, "f", 1);
    const auto clean = std::all_of(line.begin(), line.end() - 1, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
    if (record.partition != 1 || record.time != time || record.key != key || record.value != value || record.headers != headers || !clean)
      FAIL(line);
  }
}

TEST_CASE("a text that must not be seen travels as base64, and arrives") {
  std::string line;
  JsonRecords records{[](std::string_view text) { return text.find("s3cret") != std::string_view::npos; }};
  records.append(
      line,
      {.partition = clicks, .offset = 0, .time = Millis{std::chrono::milliseconds{1}}, .key = "k", .value = "my s3cret", .headers = {}});
  CHECK(line.find("s3cret") == std::string::npos);
  CHECK(read_record(line, "f", 1).value == "my s3cret");
}

TEST_CASE("what is no record is refused with its place") {
  const auto error = [](const std::string& line) {
    try {
      static_cast<void>(read_record(line, "in.jsonl", 7));
    } catch (const Error& e) {
      CHECK(e.code() == Code::manifest);
      return e.text().where + " " + e.what() + (e.text().hint.empty() ? "" : " | " + e.text().hint);
    }
    return std::string{"taken"};
  };
  CHECK(error(R"({"value":null})") == "taken");
  CHECK(error(R"({"key":"a"})") == "in.jsonl:7:1 there is no 'value' | a tombstone is written as \"value\":null");
  CHECK(error(R"({"valeu":"a","value":null})") == "in.jsonl:7:2 unknown key 'valeu' | did you mean 'value'?");
  CHECK(error(R"({"value":{"a":1}})") == "in.jsonl:7:10 'value' is a map, it should be text");
  CHECK(error(R"({"value":null,"value_base64":"a"})") == "in.jsonl:7:30 'value_base64' is no base64 | RFC 4648, padded, without blanks");
  CHECK(error(R"({"value":"a","value_base64":"YQ=="})") ==
        "in.jsonl:7:29 'value' and 'value_base64' are both there | leave one of them out");
  CHECK(error(R"({"value":"a","time":"yesterday"})") ==
        "in.jsonl:7:21 'time' is 'yesterday', which is no instant | 2026-11-22T10:00:00.123Z");
  CHECK(error(R"({"value":"a","time":"1970-01-01T00:00:00Z"})").find("one millisecond after 1970") != std::string::npos);
  CHECK(error(R"({"value":"a","partition":-1})").find("in.jsonl:7:26 'partition' is -1") == 0);
  CHECK(error(R"({"value":"a","headers":[{"value":"1"}]})") == "in.jsonl:7:25 a header has no 'name'");
  CHECK(error("product-1 {}").find("in.jsonl:7:1 not JSON") == 0);
  CHECK(error("[]") == "in.jsonl:7:1 a map of keys and values is expected here, found a list");
}

TEST_CASE("text is harmless and stays on its line") {
  CHECK(text_of("plain \"quoted\" \\") == "plain \"quoted\" \\");
  CHECK(text_of("\x1b]0;title\x07\r\n\x7f") == "\\u001b]0;title\\u0007\\u000d\\n\\u007f");
  CHECK(text_of("gr\xC3\xBC\xC3\x9F\xE2\x80\xAE\xC2\x9B") == "gr\xC3\xBC\xC3\x9F\\u202e\\u009b");
  CHECK(text_of(std::string_view{"\0\0\x01\xFE"
                                 "A\xC3",
                                 6}) == "\\u0000\\u0000\\u0001\\xfeA\\xc3");
}

TEST_CASE("JSON that was printed over several lines is shown on one, and nothing in its strings changes") {
  CHECK(text_of("{\n  \"a\": [\n    1,\n    2\n  ],\r\n  \"b\": \"x \\\" {\\n  }\"\n}\n") == R"({"a": [1,2],"b": "x \" {\n  }"})");
  CHECK(text_of("[ 1, 2 ]") == "[ 1, 2 ]");
  CHECK(text_of("{not json\nat all") == "{not json\\nat all");
  CHECK(text_of("two\nlines") == "two\\nlines");
}

TEST_CASE("rows are aligned; columns grow with what has come; null and empty are not text") {
  RecordTable table{{.topic = 0, .headers = true}};
  std::string text;
  table.head(text);
  const auto row = [&](std::optional<std::string_view> key, std::optional<std::string_view> value, std::vector<kafka::Header> headers) {
    table.append(text, {.partition = clicks,
                        .offset = 9,
                        .time = *parse_instant("2026-11-22T10:00:59Z"),
                        .key = key,
                        .value = value,
                        .headers = std::move(headers)});
  };
  row("k", "v", {{"trace", "1"}, {"b", "\xff"}});
  row(std::nullopt, std::nullopt, {});
  row("a key of twenty byte", "", {});
  row("\xE6\x97\xA5\xE6\x9C\xAC", "null", {});
  CHECK(text ==
        "TIME                      PARTITION      OFFSET  KEY               HEADERS           VALUE\n"
        "2026-11-22T10:00:59.000Z          1           9  k                 trace=1,b=\\xff    v\n"
        "2026-11-22T10:00:59.000Z          1           9  <null>                              <null>\n"
        "2026-11-22T10:00:59.000Z          1           9  a key of twenty byte                    <empty>\n"
        "2026-11-22T10:00:59.000Z          1           9  \xE6\x97\xA5\xE6\x9C\xAC                                    null\n");
}

TEST_CASE("a tombstone is faint where there are colours, and takes the room of its letters") {
  RecordTable table{{.topic = 11, .coloured = true}};
  std::string text;
  table.append(text,
               {.partition = clicks, .offset = 1, .time = Millis{std::chrono::milliseconds{-1}}, .key = {}, .value = {}, .headers = {}});
  CHECK(text == "-                         shop.clicks          1           1  \x1b[2m<null>\x1b[0m            \x1b[2m<null>\x1b[0m\n");
}

TEST_CASE("times are those of format_instant, with milliseconds; local times say how far they are from UTC") {
  RecordTime utc;
  for (const auto* time : {"2026-11-22T10:00:00.001Z", "2026-11-22T10:00:59.999Z", "2026-11-22T10:01:00.100Z", "2024-02-29T23:59:59.123Z",
                           "1970-01-01T00:00:00.001Z", "2026-11-22T10:01:00.100Z"})
    CHECK(utc.text(*parse_instant(time)) == time);
  RecordTime local{RecordTime::Zone::local};
  for (std::int64_t hour = 0; hour < 24 * 365; hour += 7) {
    const Millis at{std::chrono::hours{500'000 + hour} + std::chrono::milliseconds{1'234'567}};
    CHECK(parse_instant(local.text(at)) == at);
  }
}
