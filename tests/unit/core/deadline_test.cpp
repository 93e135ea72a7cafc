#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "core/deadline.hpp"
#include "core/error.hpp"
#include "core/parallel.hpp"
#include "core/retry.hpp"
#include "support/quiet.hpp"

using namespace ctl;

namespace {

Code code_of(const Deadline& until) {
  try {
    until.check("testing");
  } catch (const Error& e) { return e.code(); }
  return Code::failed;
}

const Error refused{Code::unreachable, {.what = "connection refused"}};
bool always(const Error&) { return true; }

}  // namespace

TEST_CASE("a deadline can be shortened and never extended") {
  const Deadline minute{1min, {}};
  CHECK(minute.within(10ms).left_ms(1h) <= 10);
  CHECK(minute.within(10min).left_ms(1h) <= 60'000);
  CHECK(Deadline::none({}).within(10ms).left_ms(1h) <= 10);
}

TEST_CASE("what is left is never zero: C libraries take that for ever") {
  const Deadline past{-1s, {}};
  CHECK(past.over());
  CHECK(past.left_ms() == 1);
  CHECK(Deadline::none({}).left_ms() == 100);
  CHECK(Deadline::none({}).left_ms(0ms) == 1);
}

TEST_CASE("a deadline ends by time and by a stop, and says which") {
  CHECK(code_of(Deadline{1min, {}}) == Code::failed);
  CHECK(code_of(Deadline{-1s, {}}) == Code::timeout);
  std::stop_source stop;
  const Deadline until{-1s, stop.get_token()};
  stop.request_stop();
  CHECK(code_of(until) == Code::interrupted);
  CHECK(until.over());
}

TEST_CASE("sleeping ends with the deadline and with a stop") {
  const auto begun = Deadline::clock::now();
  Deadline{20ms, {}}.sleep(10s);
  std::stop_source stop;
  std::jthread soon{[&] { stop.request_stop(); }};
  Deadline{10s, stop.get_token()}.sleep(10s);
  CHECK(Deadline::clock::now() - begun < 5s);
}

TEST_CASE("a transient failure is tried again until it works") {
  Quiet quiet;
  int calls = 0;
  const auto answer = retry(Deadline{10s, {}}, {1ms, 2ms}, quiet, always, [&] {
    if (++calls < 4) throw refused;
    return calls;
  });
  CHECK(answer == 4);
  CHECK(quiet.notes.size() == 3);
}

TEST_CASE("another failure, and the last one in time, pass through as they are") {
  Quiet quiet;
  int calls = 0;
  const auto fails = [&]() -> int {
    ++calls;
    throw refused;
  };
  CHECK_THROWS_WITH(retry(
                        Deadline{10s, {}}, {1ms, 2ms}, quiet, [](const Error&) { return false; }, fails),
                    "connection refused");
  CHECK(calls == 1);
  CHECK_THROWS_WITH(retry(Deadline{30ms, {}}, {5ms, 5ms}, quiet, always, fails), "connection refused");
  CHECK(calls > 2);
}

TEST_CASE("an attempt makes a Known of a failure, but neither of an interruption nor of a bug") {
  const auto failing = [](Code code) { return [code]() -> int { throw Error{code, {.what = "x"}}; }; };
  const auto known = attempt(failing(Code::timeout));
  REQUIRE_FALSE(known);
  CHECK(known.error().code() == Code::timeout);
  CHECK(attempt([] { return 7; }).value() == 7);
  CHECK_THROWS_AS(static_cast<void>(attempt(failing(Code::interrupted))), Error);
  CHECK_THROWS_AS(static_cast<void>(attempt(failing(Code::internal))), Error);
}

TEST_CASE("an error collects what was being done, innermost first") {
  try {
    within("deploying", [] { within("applying topic/a", []() -> void { throw refused; }); });
    FAIL("no error");
  } catch (const Error& e) { CHECK(e.during() == std::vector<std::string>{"applying topic/a", "deploying"}); }
}

TEST_CASE("probes run at the same time, and all have ended afterwards") {
  std::atomic<int> begun{0};
  const auto probe = [&] {
    ++begun;
    for (const Deadline until{10s, {}}; begun < 2 && !until.over();) until.sleep(1ms);  // waits for the other one
  };
  in_parallel(probe, probe);
  CHECK(begun == 2);
}
