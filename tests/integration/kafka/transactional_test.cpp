#include "kafka/producer.hpp"

#include <catch2/catch.hpp>

#include "kafka/reader.hpp"
#include "kafka_test.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using Commit = kafka::Transactional::Commit;

TEST_CASE_METHOD(OnTopic, "what a transaction wrote is there as it was sent: key, empty key, no key, empty value, event time") {
  kafka::Transactional out{settings, name, quiet, until};
  out.begin(until);
  out.send(name, "product-1", R"({"a":1})", event_time(), until);
  out.send(name, "", "empty key", event_time() + 1ms, until);
  out.send(name, std::nullopt, "", event_time() + 2ms, until);
  REQUIRE(out.commit(until) == Commit::done);

  auto records = oracle::read(name);
  REQUIRE(records.size() == 3);
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.time_ms < b.time_ms; });
  CHECK(records[0].key == "product-1");
  CHECK(records[0].value == R"({"a":1})");
  CHECK(records[0].time_ms == event_time().time_since_epoch().count());
  CHECK(records[0].partition == kafka::partition_of("product-1", 3));
  CHECK(records[1].key == "");
  CHECK(records[1].partition == kafka::partition_of("", 3));
  CHECK_FALSE(records[2].key.has_value());
  CHECK(records[2].value == "");
}

TEST_CASE_METHOD(OnTopic, "a transaction that is left open is aborted by the destructor, at once") {
  {
    kafka::Transactional out{settings, name, quiet, until};
    out.begin(until);
    out.send(name, "k", "never", event_time(), until);
  }
  CHECK(oracle::read(name).empty());  // an open transaction would hold the reader's end back
  const kafka::Partition partition{name, kafka::partition_of("k", 3)};
  CHECK(cluster.offsets({&partition, 1}, kafka::Cluster::At::stable, until).at(partition).value() ==
        cluster.offsets({&partition, 1}, kafka::Cluster::At::latest, until).at(partition).value());
}

TEST_CASE_METHOD(OnTopic, "a second instance of the same id fences the first, ends its transaction, and the first is told so") {
  kafka::Transactional first{settings, name, quiet, until};
  first.begin(until);
  first.send(name, "k", "from the first", event_time(), until);
  kafka::Transactional second{settings, name, quiet, until};
  const auto error = error_of([&] { (void)first.commit(until); });
  CHECK(error.code() == Code::busy);
  CHECK(error.what() == "transaction " + name + " was taken over");

  second.begin(until);
  second.send(name, "k", "from the second", event_time(), until);
  REQUIRE(second.commit(until) == Commit::done);
  const auto records = oracle::read(name);
  REQUIRE(records.size() == 1);
  CHECK(records[0].value == "from the second");
}

TEST_CASE_METHOD(OnTopic, "a fenced instance that goes on sending is told at its commit, not by silence") {
  kafka::Transactional first{settings, name, quiet, until};
  kafka::Transactional second{settings, name, quiet, until};
  CHECK(error_of([&] {
          for (int round = 0; round < 3; ++round) {
            first.begin(until);
            for (int i = 0; i < 5000; ++i) first.send(name, "k", "late", event_time(), until);
            (void)first.commit(until);
          }
        }).code() == Code::busy);
  CHECK(oracle::read(name).empty());
}

TEST_CASE_METHOD(OnTopic, "a commit that gets no time is in doubt, and a new instance finds out what became of it") {
  {
    kafka::Transactional out{settings, name, quiet, until};
    out.begin(until);
    out.send(name, "k", "v", event_time(), until);
    CHECK(out.commit(Deadline{-1s, {}}) == Commit::in_doubt);
    CHECK(error_of([&] { out.begin(until); }).code() == Code::internal);  // dead
  }
  const kafka::Transactional next{settings, name, quiet, until};  // fences, so that what is read now is final
  CHECK(oracle::read(name).size() <= 1);
}

TEST_CASE_METHOD(OnTopic, "a record that cannot be is refused and named, and costs the transaction") {
  kafka::Transactional out{settings, name, quiet, until};
  SECTION("a time that Kafka has not") {
    out.begin(until);
    CHECK(error_of([&] { out.send(name, "k", "v", Millis{}, until); }).what() ==
          "a record for topic " + name + " cannot have the time 1970-01-01T00:00:00Z");
  }
  SECTION("a record larger than the client sends") {
    out.begin(until);
    CHECK(error_of([&] { out.send(name, "k", std::string(2'000'000, 'x'), event_time(), until); }).code() == Code::failed);
  }
  SECTION("a record larger than the topic takes") {
    const sandbox::Topic small{"small", 1, "max.message.bytes=1000"};
    out.begin(until);
    std::string noise(20'000, 'x');
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>('!' + i * i % 89 * i % 83 % 89);
    out.send(small.name(), "k", noise, event_time(), until);
    const auto error = error_of([&] { (void)out.commit(until); });
    CHECK(error.code() == Code::failed);
    CHECK(error.text().cause.find("MSG_SIZE_TOO_LARGE") != std::string::npos);
    out.begin(until);
    out.send(name, "k", "v", event_time(), until);
    CHECK(out.commit(until) == Commit::done);
  }
  SECTION("a topic that does not exist") {
    out.begin(until);
    out.send(name + "-missing", "k", "v", event_time(), until);
    const auto error = error_of([&] { (void)out.commit(until); });
    CHECK(error.code() == Code::not_found);
    CHECK(std::string{error.what()} == "writing to topic " + name + "-missing failed");
  }
}

TEST_CASE_METHOD(OnTopic, "calls in the wrong order are bugs, not transactions") {
  kafka::Transactional out{settings, name, quiet, until};
  CHECK(error_of([&] { (void)out.commit(until); }).code() == Code::internal);
  CHECK(error_of([&] { out.send(name, "k", "v", event_time(), until); }).code() == Code::internal);
  out.begin(until);
  CHECK(error_of([&] { out.begin(until); }).code() == Code::internal);
}
