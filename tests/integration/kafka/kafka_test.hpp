#pragma once
#include <stdexcept>
#include <string>

#include "core/text.hpp"
#include "kafka/cluster.hpp"
#include "support/oracle.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"

/// What every test of the room needs: the sandbox's broker, a Listener, and a minute.
struct OnKafka {
  Quiet quiet{};
  ctl::kafka::Settings settings{.brokers = sandbox::brokers(), .properties = {}, .secrets = {}, .origin = "sandbox"};
  ctl::kafka::Cluster cluster{settings, quiet};
  ctl::Deadline until{std::chrono::seconds{60}, {}};

  /// Until what was committed can be read: the coordinator writes the markers after it has answered the commit.
  void wait_for_markers(const std::string& topic, int partitions) {
    using At = ctl::kafka::Cluster::At;
    std::vector<ctl::kafka::Partition> all;
    for (int id = 0; id < partitions; ++id) all.push_back({topic, id});
    const auto ends = cluster.offsets(all, At::latest, until);
    for (const auto& [partition, end] : ends)
      while (cluster.offsets({&partition, 1}, At::stable, until).at(partition).value() < end.value())
        until.sleep(std::chrono::milliseconds{5});
  }
  [[nodiscard]] static ctl::Millis event_time() { return *ctl::parse_instant("2024-03-01T12:00:00.123Z"); }
};

/// With a topic of three partitions of its own.
struct OnTopic : OnKafka {
  sandbox::Topic topic{"records", 3};
  std::string name{topic.name()};
};

/// The Error that f throws; fails the test when it throws none.
template <class F>
ctl::Error error_of(F&& f) {
  try {
    f();
  } catch (const ctl::Error& error) { return error; }
  throw std::runtime_error{"no error was thrown"};
}
