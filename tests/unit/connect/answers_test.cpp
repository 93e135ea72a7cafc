#include "connect/answers.hpp"

#include <catch2/catch.hpp>

using namespace ctl;
using namespace ctl::connect;

namespace {

Code code_of(long status, const std::string& message) {
  try {
    refuse({status, message}, "pausing connector shop", "http://w:8083 (default)");
  } catch (const Error& e) { return e.code(); }
}

template <class Kind>
bool is(long status, const std::string& message) {
  try {
    refuse({status, R"({"error_code":0,"message":")" + message + R"("})"}, "x", "y");
  } catch (const Kind&) { return true; } catch (const Error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("a rebalance is transient and an existing connector is not, though both are 409") {
  CHECK(is<Transient>(409,
                      "Cannot complete request momentarily due to stale configuration (typically caused by a concurrent config change)"));
  CHECK(is<Transient>(409, "Cannot complete request because of a conflicting operation (e.g. worker rebalance)"));
  CHECK(is<Transient>(500, "Request cannot be completed because a rebalance is expected"));
  CHECK(is<Transient>(409, "Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway."));
  CHECK_FALSE(is<Transient>(409, "Connector shop already exists"));
  CHECK(code_of(409, R"({"error_code":409,"message":"Connector shop already exists"})") == Code::refused);
}

TEST_CASE("only a 500 that is the worker's own time-out may be asked again") {
  CHECK(is<TimedOut>(500, "Request timed out. The worker is currently flushing updates to the status topic"));
  CHECK_FALSE(is<Transient>(500, "Cannot invoke ConfigValueInfo.errors()"));
  CHECK(is<Transient>(503, "x"));
}

TEST_CASE("an error body that is no JSON is shown as it came") {
  try {
    refuse({502, "<html>bad gateway</html>\n"}, "listing the connectors", "http://w:8083 (default)");
  } catch (const Error& e) {
    CHECK(e.text().cause == "<html>bad gateway</html>");
    CHECK(e.text().where == "http://w:8083 (default)");
  }
}

TEST_CASE("the HTTP status decides the kind of error") {
  CHECK(code_of(401, "") == Code::denied);
  CHECK(code_of(403, "") == Code::denied);
  CHECK(code_of(404, "") == Code::not_found);
  CHECK(code_of(400, "") == Code::refused);
  CHECK(code_of(500, "") == Code::failed);
}

TEST_CASE("of a stack trace the last cause is what a person needs") {
  CHECK(
      last_cause(
          "org.apache.kafka.connect.errors.ConnectException: An exception occurred\n\tat io.debezium.X\n"
          "Caused by: java.lang.RuntimeException: in between\n\tat a.b\n"
          "Caused by: org.apache.kafka.connect.errors.ConnectException: Publication autocreation is disabled\n\tat c.d\n\t... 10 more\n") ==
      "org.apache.kafka.connect.errors.ConnectException: Publication autocreation is disabled");
  CHECK(last_cause("java.lang.OutOfMemoryError: heap\n\tat a.b\n") == "java.lang.OutOfMemoryError: heap");
  CHECK(last_cause("").empty());
}

TEST_CASE("a status is read with its tasks, and an unknown word is an unknown state") {
  const auto status = read_status(parse_json(
      R"({"name":"shop","connector":{"state":"RUNNING","worker_id":"w:1","version":"3.6.1"},"tasks":[{"id":0,"state":"FAILED","worker_id":"w:2",
          "trace":"A: b\nCaused by: C: d\n"},{"id":1,"state":"DREAMING"}],"type":"source"})",
      "t"));
  CHECK(status.state == State::running);
  REQUIRE(status.tasks.size() == 2);
  CHECK(status.tasks[0].state == State::failed);
  CHECK(status.tasks[0].worker == "w:2");
  CHECK(*status.failure() == "C: d");
  CHECK(status.tasks[1].state == State::unknown);
  CHECK(status.running() == 0);
}

TEST_CASE("a config is text without its name") {
  const auto config = read_config(parse_json(R"({"name":"shop","tasks.max":1,"flag":true,"gone":null,"a":"b"})", "t"));
  CHECK(config == Config{{"a", "b"}, {"flag", "true"}, {"tasks.max", "1"}});
}

TEST_CASE("complaints are listed once by key, and a value of null is no complaint") {
  const auto complaints = read_complaints(parse_json(
      R"({"error_count":2,"configs":[{"definition":{"name":"internal.x"},"value":null},
          {"value":{"name":"database.port","value":null,"errors":["an integer is expected","an integer is expected"]}},
          {"value":{"name":"topic.prefix","value":"a","errors":[]}}]})",
      "t"));
  CHECK(complaints == std::map<std::string, std::vector<std::string>>{{"database.port", {"an integer is expected"}}});
}

TEST_CASE("whatever a connector is called, it stays one segment of the path") {
  CHECK(encode_segment("shop-a_1.b~") == "shop-a_1.b~");
  CHECK(encode_segment("a/b ?é") == "a%2Fb%20%3F%C3%A9");
}
