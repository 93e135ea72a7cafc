#include <catch2/catch.hpp>

#include "kafka/producer.hpp"
#include "kafka_test.hpp"
#include "support/raw_producer.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using Commit = kafka::Transactional::Commit;

namespace {

/// A transaction that its coordinator is done with, and of which partition 1 was never told the end.
struct LeftOpen : OnTopic {
  Unverified unverified{};

  void leave(bool commit) const {
    RawProducer raw{name};
    raw.add({{name, 0}});
    raw.produce({name, 0}, {{"k", "known", 1}});
    raw.end(commit);
    while (refused(raw)) std::this_thread::sleep_for(10ms);
  }
  /// Into the partition of which the coordinator knows nothing. A broker that has not heard of the test's wish yet takes nothing.
  [[nodiscard]] bool refused(RawProducer& raw) const {
    try {
      raw.produce({name, 1}, {{"k", "orphan 1", 1}, {"k", "orphan 2", 1}});
    } catch (const std::exception&) { return true; }
    return false;
  }
  [[nodiscard]] bool is_stable(int partition) {
    const kafka::Partition one{name, partition};
    return cluster.offsets({&one, 1}, kafka::Cluster::At::stable, until).at(one).value() ==
           cluster.offsets({&one, 1}, kafka::Cluster::At::latest, until).at(one).value();
  }
  [[nodiscard]] std::vector<std::string> values() const {
    std::vector<std::string> all;
    for (const auto& record : oracle::read(name)) all.push_back(*record.value);
    std::sort(all.begin(), all.end());
    return all;
  }
  /// To every partition, so that its marker comes to the orphans as well.
  void write_everywhere(kafka::Transactional& out, const std::string& value) {
    out.begin(until);
    for (const auto* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) out.send(name, key, value, event_time(), until);
    REQUIRE(out.commit(until) == Commit::done);
  }
  [[nodiscard]] kafka::Targets targets(kafka::Fate fate) const {
    return {.topics = {name}, .judge = [fate](const auto& open) { return std::vector<kafka::Fate>(open.size(), fate); }};
  }
};

const std::vector<std::string> eight(8, "new");

}  // namespace

TEST_CASE_METHOD(LeftOpen, "what a broker has left open of an aborted transaction is never committed by the next one") {
  leave(false);
  REQUIRE_FALSE(is_stable(1));
  kafka::Transactional out{settings, name, quiet, until, {.topics = {name}}};
  CHECK(is_stable(1));  // before anything was sent
  write_everywhere(out, "new");
  CHECK(values() == eight);
  REQUIRE(quiet.notes.size() == 1);
  CHECK(quiet.notes[0].find(name + " [1]: the broker had lost the end of a transaction of ours") == 0);
}

TEST_CASE_METHOD(LeftOpen, "... nor when its topic was not named before the first record") {
  leave(false);
  kafka::Transactional out{settings, name, quiet, until};
  write_everywhere(out, "new");
  CHECK(values() == eight);
}

TEST_CASE_METHOD(LeftOpen, "what a broker has left open of a committed transaction is committed") {
  leave(true);
  kafka::Transactional out{settings, name, quiet, until, {.topics = {name}}};
  CHECK(is_stable(1));
  CHECK(values() == std::vector<std::string>{"known", "orphan 1", "orphan 2"});
}

TEST_CASE_METHOD(LeftOpen, "where nobody knows what became of it nothing is ended and nothing written, unless a judge can tell") {
  leave(false);
  { const RawProducer forgets{name}; }  // the coordinator of a new instance remembers no end
  const auto error = error_of([&] { kafka::Transactional(settings, name, quiet, until, {.topics = {name}}); });
  CHECK(error.code() == Code::refused);
  CHECK(std::string{error.what()} ==
        name + " [1] holds a transaction of " + name + " open from offset 0 on, and nobody can tell whether it was committed");
  CHECK(error.text().hint.find("abort --topic " + name + " --partition 1 --start-offset 0") != std::string::npos);
  CHECK_FALSE(is_stable(1));
  SECTION("aborted") {
    kafka::Transactional out{settings, name, quiet, until, targets(kafka::Fate::aborted)};
    write_everywhere(out, "new");
    CHECK(values() == eight);
  }
  SECTION("committed") {
    const kafka::Transactional out{settings, name, quiet, until, targets(kafka::Fate::committed)};
    CHECK(values() == std::vector<std::string>{"orphan 1", "orphan 2"});
  }
}

TEST_CASE_METHOD(LeftOpen, "transactions of others are named, left alone, and no reason to wait") {
  RawProducer other{name + "-other"};
  other.add({{name, 1}});
  other.produce({name, 1}, {{"k", "of another", 1}});
  kafka::Transactional out{settings, name, quiet, until, {.topics = {name}}};
  REQUIRE(quiet.notes.size() == 1);
  CHECK(quiet.notes[0] == "others have transactions open in " + name + " [1], which are left alone");
  write_everywhere(out, "new");
  CHECK_FALSE(is_stable(1));
  other.end(true);
  CHECK(values().size() == 9);
}

TEST_CASE_METHOD(LeftOpen, "a connection that cannot ask whose it is waits, and writes nothing") {
  leave(false);
  auto blind = settings;
  blind.secrets.emplace("security.protocol", Secret{"plaintext"});
  const auto error = error_of([&] { kafka::Transactional(blind, name, quiet, until.within(2s), {.topics = {name}}); });
  CHECK(error.code() == Code::timeout);
  CHECK_FALSE(is_stable(1));
}
