#include <catch2/catch.hpp>

#include "apply/connector_handler.hpp"
#include "core/error.hpp"
#include "support/fake_worker.hpp"
#include "support/quiet.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

/// The error that waiting ends with while the worker answers this in turn (the last one for good); none if the connector was found healthy.
std::optional<Error> wait_for(const std::vector<std::pair<std::string, std::string>>& states, Deadline::clock::duration most = 10s) {
  FakeWorker fake;
  for (const auto& [connector, task] : states)
    fake.answers["GET /connectors/shop/status"].push_back(
        {200, FakeWorker::status(connector, task, "A: b\\nCaused by: C: no publication\\n")});
  Quiet quiet;
  connect::Worker worker{{.base = fake.url()}, quiet};
  try {
    await_healthy(worker, nullptr, {.name = "shop"}, {most, {}});
  } catch (const Error& e) { return e; }
  CHECK(fake.count("GET /connectors/shop/status") >= 3);
  return std::nullopt;
}

}  // namespace

TEST_CASE("RUNNING is believed after three looks in a row") {
  CHECK_FALSE(wait_for({{"RUNNING", "RUNNING"}}));
  CHECK_FALSE(wait_for({{"RUNNING", "RUNNING"}, {"UNASSIGNED", ""}, {"RUNNING", "RUNNING"}}));
}

TEST_CASE("a RUNNING of before that turns into FAILED is a failure with its last cause") {
  const auto error = wait_for({{"RUNNING", "RUNNING"}, {"RUNNING", "RUNNING"}, {"RUNNING", "FAILED"}});
  REQUIRE(error);
  CHECK(error->code() == Code::failed);
  CHECK(error->text().cause == "C: no publication");
}

TEST_CASE("a FAILED of before that turns into RUNNING is none") {
  CHECK_FALSE(wait_for({{"RUNNING", "FAILED"}, {"RUNNING", "FAILED"}, {"RUNNING", "RUNNING"}}));
}

TEST_CASE("a connector without a task is never healthy, and waiting for it says what was seen") {
  const auto error = wait_for({{"RUNNING", ""}}, 700ms);
  REQUIRE(error);
  CHECK(error->code() == Code::timeout);
  CHECK_THAT(error->what(), Catch::Contains("RUNNING, 0 of 1 tasks"));
}
