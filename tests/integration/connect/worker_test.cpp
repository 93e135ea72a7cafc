#include "connect/worker.hpp"

#include <catch2/catch.hpp>

#include "core/error.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

using namespace ctl;
using namespace ctl::connect;

TEST_CASE("a real worker tells its version, its health and its plugins") {
  Quiet quiet;
  Worker worker{{.base = sandbox::connect_url(), .origin = "test"}, quiet};
  const Deadline until{20s, {}};
  CHECK(worker.root(until).version >= "4");
  CHECK_FALSE(worker.root(until).kafka_cluster_id.empty());
  CHECK(worker.health(until) == Health::healthy);
  std::string version;
  for (const auto& plugin : worker.plugins(until))
    if (plugin.name == "io.debezium.connector.postgresql.PostgresConnector") version = plugin.version;
  CHECK_FALSE(version.empty());
  CHECK_FALSE(worker.find(sandbox::unique("nobody"), until));
  try {
    static_cast<void>(worker.status("no such connector", until));
    FAIL("there is one");
  } catch (const Error& e) { CHECK(e.code() == Code::not_found); }
}

TEST_CASE("a connector is created stopped, changed, run, paused, stopped and deleted") {
  Quiet quiet;
  Worker worker{{.base = sandbox::connect_url(), .origin = "test"}, quiet};
  Admin admin{worker};
  const Deadline until{60s, {}};
  const auto name = sandbox::unique("file source?");  // to see that names are encoded
  const sandbox::Topic topic{"file"};
  Config config{{"connector.class", "org.apache.kafka.connect.file.FileStreamSourceConnector"},
                {"tasks.max", "1"},
                {"file", "/dev/null"},
                {"topic", topic.name()}};

  admin.create(name, config, State::stopped, until);
  CHECK(worker.config(name, until) == config);
  CHECK(worker.status(name, until).tasks.empty());
  CHECK_THROWS_AS(admin.create(name, config, State::stopped, until), Error);
  config["batch.size"] = "10";
  admin.put(name, config, until);
  CHECK(worker.config(name, until) == config);
  admin.resume(name, until);
  CHECK(worker.status(name, until).running() == 1);
  admin.pause(name, until);
  CHECK(worker.status(name, until).state == State::paused);
  admin.restart(name, false, until);
  admin.stop(name, until);
  admin.reset_offsets(name, until);
  admin.remove(name, until);
  admin.remove(name, until);
  CHECK_FALSE(worker.find(name, until));
}
