#include "connect/worker.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "core/error.hpp"
#include "support/fake_worker.hpp"
#include "support/quiet.hpp"

using namespace ctl;
using namespace ctl::connect;
using namespace std::chrono_literals;

namespace {

const std::string rebalancing =
    R"j({"error_code":409,"message":"Cannot complete request because of a conflicting operation (e.g. worker rebalance)"})j";
const std::string timed_out =
    R"({"error_code":500,"message":"Request timed out. The worker is currently ensuring membership in the cluster"})";

struct Bench {
  FakeWorker fake{};
  Quiet quiet{};
  Deadline until{20s, {}};
  Worker worker{{.base = fake.url(), .origin = "test"}, quiet};
  Admin admin{worker};

  void serve(const std::string& request, std::vector<FakeWorker::Answer> answers) { fake.answers[request] = std::move(answers); }
  template <class F>
  Error error_of(F&& f) {
    try {
      f();
    } catch (const Error& e) { return e; }
    FAIL("nothing was thrown");
    std::abort();
  }
};

}  // namespace

TEST_CASE("a rebalance is waited out in one command") {
  Bench b;
  b.serve("GET /connectors", {{409, rebalancing}, {409, rebalancing}, {200, R"(["b","a"])"}});
  CHECK(b.worker.connectors(b.until) == std::vector<std::string>{"a", "b"});
  CHECK(b.fake.count("GET /connectors") == 3);
}

TEST_CASE("a rebalance that outlasts the deadline is said to be one") {
  Bench b;
  b.serve("GET /connectors", {{409, rebalancing}});
  const auto error = b.error_of([&] { static_cast<void>(b.worker.connectors(b.until.within(600ms))); });
  CHECK((error.code() == Code::unreachable || error.code() == Code::timeout));
  CHECK(b.fake.count("GET /connectors") >= 2);
}

TEST_CASE("a connector that exists already is asked for once") {
  Bench b;
  b.serve("POST /connectors", {{409, R"({"error_code":409,"message":"Connector shop already exists"})"}});
  CHECK(b.error_of([&] { b.admin.create("shop", {{"connector.class", "x"}}, State::running, b.until); }).code() == Code::refused);
  CHECK(b.fake.count("POST /connectors") == 1);
}

TEST_CASE("a config that is as wanted is not put again") {
  Bench b;
  b.serve("GET /connectors/shop/config", {{200, R"({"name":"shop","a":"1"})"}});
  b.admin.put("shop", {{"a", "1"}}, b.until);
  CHECK(b.fake.count("PUT /connectors/shop/config") == 0);
}

TEST_CASE("a put that timed out in the worker but happened is not repeated") {
  Bench b;
  b.serve("GET /connectors/shop/config", {{200, R"({"a":"1"})"}, {200, R"({"a":"2"})"}});
  b.serve("PUT /connectors/shop/config", {{500, timed_out}});
  b.admin.put("shop", {{"a", "2"}}, b.until);
  CHECK(b.fake.count("PUT /connectors/shop/config") == 1);
}

TEST_CASE("a put that timed out and did not happen is repeated") {
  Bench b;
  b.serve("GET /connectors/shop/config", {{200, R"({"a":"1"})"}, {200, R"({"a":"1"})"}, {200, R"({"a":"2"})"}});
  b.serve("PUT /connectors/shop/config", {{500, timed_out}, {200, "{}"}});
  b.admin.put("shop", {{"a", "2"}}, b.until);
  CHECK(b.fake.bodies("PUT /connectors/shop/config") == std::vector<std::string>{R"({"a":"2"})", R"({"a":"2"})"});
}

TEST_CASE("a refused config is explained by the plugin's complaints, not by the worker's count of them") {
  Bench b;
  b.serve("GET /connectors/shop/config", {{404, "{}"}});
  b.serve("PUT /connectors/shop/config",
          {{500, R"({"error_code":500,"message":"Cannot invoke ConfigValueInfo.errors() because it is null"})"}});
  b.serve("PUT /connector-plugins/p.C/config/validate",
          {{200,
            R"({"error_count":1,"configs":[{"value":{"name":"database.hostname","errors":["FATAL: password authentication failed"]}}]})"}});
  const auto error = b.error_of([&] { b.admin.put("shop", {{"connector.class", "p.C"}}, b.until); });
  CHECK(error.code() == Code::refused);
  CHECK(error.text().cause == "database.hostname: FATAL: password authentication failed");
}

TEST_CASE("stopped means that no task is left, not that somebody said STOPPED") {
  Bench b;
  b.serve("PUT /connectors/shop/stop", {{204, ""}});
  b.serve("GET /connectors/shop/status", {{200, FakeWorker::status("RUNNING", "RUNNING")},
                                          {200, FakeWorker::status("STOPPED", "RUNNING")},
                                          {200, FakeWorker::status("STOPPED", "")}});
  b.admin.stop("shop", b.until);
  CHECK(b.fake.count("GET /connectors/shop/status") == 3);
}

TEST_CASE("a connector that fails after it was resumed ends with its cause") {
  Bench b;
  b.serve("PUT /connectors/shop/resume", {{202, ""}});
  b.serve("GET /connectors/shop/status", {{404, "{}"},
                                          {200, FakeWorker::status("RUNNING", "")},
                                          {200, FakeWorker::status("RUNNING", "FAILED", "A: b\\nCaused by: C: no publication\\n")}});
  const auto error = b.error_of([&] { b.admin.resume("shop", b.until); });
  CHECK(error.code() == Code::failed);
  CHECK(error.text().cause == "C: no publication");
}

TEST_CASE("waiting ends by the deadline and says what was seen last") {
  Bench b;
  b.serve("PUT /connectors/shop/stop", {{204, ""}});
  b.serve("GET /connectors/shop/status", {{200, FakeWorker::status("RUNNING", "RUNNING")}});
  const auto error = b.error_of([&] { b.admin.stop("shop", b.until.within(500ms)); });
  CHECK(error.code() == Code::timeout);
  CHECK_THAT(error.what(), Catch::Contains("it is RUNNING, task 0 RUNNING"));
}

TEST_CASE("deleting what is gone is success") {
  Bench b;
  b.admin.remove("shop", b.until);
  CHECK(b.fake.requests() == std::vector<std::string>{"DELETE /connectors/shop"});
}

TEST_CASE("nobody listening is said at once, with the origin of the address") {
  Quiet quiet;
  Worker worker{{.base = "http://127.0.0.1:1", .origin = "default"}, quiet};
  try {
    static_cast<void>(worker.connectors({10s, {}}));
    FAIL("connected");
  } catch (const Error& e) {
    CHECK(e.code() == Code::unreachable);
    CHECK(std::string{e.what()} == "connection refused at http://127.0.0.1:1 (default)");
  }
}

TEST_CASE("a silent worker is left at the deadline, and at once when told to stop") {
  Bench b;
  b.serve("GET /connectors", {{200, "[]", 1500}});
  const auto begin = Deadline::clock::now();
  CHECK(b.error_of([&] { static_cast<void>(b.worker.connectors(b.until.within(300ms))); }).code() == Code::timeout);
  CHECK(Deadline::clock::now() - begin < 600ms);

  std::stop_source stop;
  std::jthread later{[&] {
    std::this_thread::sleep_for(200ms);
    stop.request_stop();
  }};
  const auto again = Deadline::clock::now();
  CHECK(b.error_of([&] { static_cast<void>(b.worker.connectors({10s, stop.get_token()})); }).code() == Code::interrupted);
  CHECK(Deadline::clock::now() - again < 600ms);
}

TEST_CASE("a worker before 3.9 has no health, which is not the same as being unhealthy") {
  Bench b;
  CHECK(b.worker.health(b.until) == Health::unknown);
}

TEST_CASE("an address that is none is a configuration error") {
  Quiet quiet;
  CHECK_THROWS_AS((Worker{{.base = "localhost:8083", .origin = "--connect-url"}, quiet}), Error);
}
