#include "kafka/reader.hpp"

#include <catch2/catch.hpp>

#include "kafka_test.hpp"

using namespace ctl;
using namespace std::chrono_literals;
using kafka::Reader;

namespace {

struct Got {
  std::vector<std::string> values{};
  std::map<int, std::int64_t> ends{};
};

/// Reads until every partition has ended once.
Got drain(Reader& reader, std::size_t partitions, const Deadline& until) {
  Got got;
  while (got.ends.size() < partitions) {
    const auto next = reader.next(until);
    if (const auto* message = std::get_if<kafka::Message>(&next)) got.values.emplace_back(message->value.value_or("<null>"));
    if (const auto* end = std::get_if<kafka::End>(&next)) got.ends[end->partition.id] = end->next;
    if (std::holds_alternative<std::monostate>(next)) throw reader.silence("draining");
  }
  return got;
}

struct OnePartition : OnKafka {
  sandbox::Topic topic{"reader", 1};
  std::string name{topic.name()};
  kafka::Partition partition{name, 0};
  /// Leaving the transaction open makes the destructor abort it.
  void write(const std::string& prefix, int count, bool commit = true) {
    const auto before = read(Reader::beginning, Reader::Isolation::uncommitted).values.size();
    {
      kafka::Transactional out{settings, name, quiet, until};
      out.begin(until);
      for (int i = 0; i < count; ++i) out.send(name, "k", prefix + std::to_string(i), event_time(), until);
      if (commit) REQUIRE(out.commit(until) == kafka::Transactional::Commit::done);
      while (read(Reader::beginning, Reader::Isolation::uncommitted).values.size() < before + static_cast<std::size_t>(count))
        until.sleep(20ms);
    }
    wait_for_markers(name, 1);
  }
  Got read(std::int64_t from, Reader::Isolation isolation = Reader::Isolation::committed) {
    Reader reader{settings, {{partition, from}}, isolation, quiet};
    return drain(reader, 1, until);
  }
};

}  // namespace

TEST_CASE_METHOD(OnePartition, "an empty partition ends at once, where it begins") {
  const auto got = read(Reader::beginning);
  CHECK(got.values.empty());
  CHECK(got.ends.at(0) == 0);
}

TEST_CASE_METHOD(OnePartition, "the end lies behind the commit marker, which is never delivered") {
  write("a", 3);
  const auto got = read(Reader::beginning);
  CHECK(got.values == std::vector<std::string>{"a0", "a1", "a2"});
  CHECK(got.ends.at(0) == 4);
  const auto nothing = read(4);  // reading on from there finds nothing twice
  CHECK(nothing.values.empty());
  CHECK(nothing.ends.at(0) == 4);
}

TEST_CASE_METHOD(OnePartition, "aborted records are passed over, also as the last thing in the log, and seen when asked for") {
  write("kept", 2);
  write("aborted", 5, false);
  const auto got = read(Reader::beginning);
  CHECK(got.values == std::vector<std::string>{"kept0", "kept1"});
  CHECK(got.ends.at(0) == 9);  // 2 + marker + 5 + marker
  CHECK(read(Reader::beginning, Reader::Isolation::uncommitted).values.size() == 7);
  CHECK(read(4).values.empty());
}

TEST_CASE_METHOD(OnePartition, "a read_committed reader ends where an open transaction begins") {
  write("a", 2);
  kafka::Transactional out{settings, name, quiet, until};
  out.begin(until);
  out.send(name, "k", "open", event_time(), until);
  while (read(Reader::beginning, Reader::Isolation::uncommitted).values.size() < 3) until.sleep(20ms);
  const auto got = read(Reader::beginning);
  CHECK(got.values.size() == 2);
  CHECK(got.ends.at(0) == 3);
  CHECK(cluster.offsets({&partition, 1}, kafka::Cluster::At::stable, until).at(partition).value() == 3);
  CHECK(cluster.offsets({&partition, 1}, kafka::Cluster::At::latest, until).at(partition).value() == 4);
  REQUIRE(out.commit(until) == kafka::Transactional::Commit::done);
  wait_for_markers(name, 1);
  CHECK(read(Reader::beginning).values.size() == 3);
}

TEST_CASE_METHOD(OnePartition, "a reader goes on after the end and ends again") {
  write("a", 1);
  Reader reader{settings, {{partition, 0}}, Reader::Isolation::committed, quiet};
  CHECK(drain(reader, 1, until).values.size() == 1);
  CHECK(std::holds_alternative<std::monostate>(reader.next(Deadline{200ms, {}})));
  write("b", 1);
  const auto more = drain(reader, 1, until);
  CHECK(more.values == std::vector<std::string>{"b0"});
  CHECK(more.ends.at(0) == 4);
}

TEST_CASE_METHOD(OnePartition, "a start that retention has removed, or that lies behind the end, is an error and not a jump") {
  oracle::produce(name, std::vector<oracle::Record>(10, {.key = "k", .value = "v", .headers = {}}));
  oracle::cut(name, 0, 6);
  const auto from = GENERATE(std::int64_t{2}, std::int64_t{11});
  const auto error = error_of([&] { (void)read(from); });
  CHECK(error.code() == Code::mismatch);
  CHECK(error.what() == name + " [0] does not hold offset " + std::to_string(from));
  CHECK(read(Reader::beginning).values.size() == 4);
  CHECK(read(6).values.size() == 4);
}

TEST_CASE_METHOD(OnePartition, "a message shows its time, key and headers, null and empty are different") {
  oracle::produce(name,
                  {{.time_ms = 1709294400123, .key = std::nullopt, .value = std::nullopt, .headers = {{"trace", "1"}, {"empty", ""}}}});
  Reader reader{settings, {{partition, 0}}, Reader::Isolation::committed, quiet};
  const auto next = reader.next(until);
  const auto& message = std::get<kafka::Message>(next);
  CHECK(message.partition == partition);
  CHECK(message.offset == 0);
  CHECK(message.time == event_time());
  CHECK_FALSE(message.key.has_value());
  CHECK_FALSE(message.value.has_value());
  REQUIRE(message.headers.size() == 2);
  CHECK(message.headers[0].name == "trace");
  CHECK(message.headers[0].value == "1");
  CHECK(message.headers[1].value == "");
}

TEST_CASE_METHOD(OnKafka, "a topic that does not exist cannot be read, and is not made") {
  const auto name = sandbox::unique("missing");
  Reader reader{settings, {{{name, 0}, 0}}, Reader::Isolation::committed, quiet};
  CHECK(error_of([&] { (void)drain(reader, 1, until); }).code() == Code::not_found);
  CHECK(cluster.describe({&name, 1}, until).at(name).error().code() == Code::not_found);
}

TEST_CASE_METHOD(OnTopic, "records of all partitions are read, each partition in order and to its end") {
  constexpr int count = 50'000;
  kafka::Transactional out{settings, name, quiet, until};
  out.begin(until);
  for (int i = 0; i < count; ++i) out.send(name, std::to_string(i), std::to_string(i), event_time(), until);
  REQUIRE(out.commit(until) == kafka::Transactional::Commit::done);
  wait_for_markers(name, 3);

  Reader reader{settings, {{{name, 0}, 0}, {{name, 1}, 0}, {{name, 2}, 0}}, Reader::Isolation::committed, quiet};
  std::map<int, std::int64_t> next_offset, ends;
  std::vector<bool> seen(count);
  int records = 0;
  while (ends.size() < 3) {
    const auto next = reader.next(until);
    REQUIRE_FALSE(std::holds_alternative<std::monostate>(next));
    if (const auto* end = std::get_if<kafka::End>(&next)) ends[end->partition.id] = end->next;
    if (const auto* message = std::get_if<kafka::Message>(&next)) {
      ++records;
      seen[static_cast<std::size_t>(parse_integer(*message->value).value())] = true;
      if (message->offset < next_offset[message->partition.id]) FAIL("out of order");
      next_offset[message->partition.id] = message->offset + 1;
    }
  }
  CHECK(records == count);
  CHECK(std::all_of(seen.begin(), seen.end(), [](bool s) { return s; }));
  for (const auto& [id, end] : ends) CHECK(end == next_offset[id] + 1);  // the marker
}
