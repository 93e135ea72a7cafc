#include <catch2/catch.hpp>
#include <csignal>

#include "project.hpp"

namespace {

struct Copying : Project {
  Copying() {
    write("-1", 3);  // old records stay
    REQUIRE(run({"topics", "apply", "--yes"}).status == 0);
  }
  [[nodiscard]] std::string json_of(const std::string& topic) const {
    const auto ended = run({"topics", "monitor", topic, "--from", "beginning", "--to", "end", "-o", "json"});
    REQUIRE(ended.status == 0);
    return ended.out;
  }
  [[nodiscard]] process::Ended produce(const std::string& input, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"topics", "produce", two(), "-f", "-"});
    return process::run(tool::command(more), options(), input);
  }
};

ctl::Value json(const std::string& text) { return ctl::parse_json(text, "stdout"); }

/// With what the copy adds taken away again, and what it may not keep.
std::vector<oracle::Record> comparable(std::vector<oracle::Record> records) {
  for (auto& record : records) std::erase_if(record.headers, [](const auto& header) { return header.first == "mykartctl-test"; });
  return records;
}

bool same(const oracle::Record& a, const oracle::Record& b) {
  return a.partition == b.partition && a.time_ms == b.time_ms && a.key == b.key && a.value == b.value && a.headers == b.headers;
}

}  // namespace

TEST_CASE("monitor | produce copies a topic byte for byte: binary, null and empty, headers, times, partitions") {
  const Copying project;
  const std::string binary{"\x00\xff\xfe\x80\n\"", 6};
  std::vector<oracle::Record> records{
      {.partition = 0,
       .time_ms = 1'700'000'000'001,
       .key = "k",
       .value = "v",
       .headers = {{"a", "1"}, {"b", binary}, {"a", "2"}, {"e", ""}}},
      {.partition = 1, .time_ms = 1'700'000'000'002, .key = binary, .value = binary},
      {.partition = 1, .time_ms = 1'700'000'000'003, .key = "k", .value = std::nullopt},
      {.partition = 1, .time_ms = 1'700'000'000'004, .key = std::nullopt, .value = ""},
      {.partition = 1, .time_ms = 1'700'000'000'005, .key = "", .value = "null"},
      {.partition = 2, .time_ms = 1'700'000'000'006, .key = "\x1b[31m", .value = "{\n  \"a\": \"\xE2\x82\xAC\\\"\"\n}"}};
  for (int i = 0; i < 2'000; ++i) {
    std::string any(static_cast<std::size_t>(i % 300), '\0');
    for (std::size_t at = 0; at < any.size(); ++at) any[at] = static_cast<char>((at * 7 + static_cast<std::size_t>(i) * 13) % 256);
    records.push_back({.partition = i % 3, .time_ms = 1'700'000'001'000 + i, .key = any.substr(0, any.size() / 3), .value = any});
  }
  oracle::produce(project.one(), records);
  const auto copied = project.produce(project.json_of(project.one()));
  REQUIRE(copied.status == 0);
  CHECK(copied.err == "2,006 records written to " + project.two() + "\n");
  CHECK(std::count(copied.out.begin(), copied.out.end(), '\n') == 2'007);
  CHECK(copied.out.find('\x1b') == std::string::npos);

  const auto before = oracle::read(project.one()), after = oracle::read(project.two());
  CHECK(after.at(0).headers.back().first == "mykartctl-test");
  const auto copy = comparable(after);
  REQUIRE(copy.size() == before.size());
  for (std::size_t i = 0; i < copy.size(); ++i)
    if (!same(copy[i], before[i])) FAIL("record " << i << " differs");

  // A header of null, which the oracle cannot write, and one that is there already: the copy of the copy adds none.
  const auto with_null = R"({"key":"k","value":"v","headers":[{"name":"n","value":null},{"name":"mykartctl-test","value":"mine"}]})";
  REQUIRE(project.produce(with_null, {"-q"}).status == 0);
  const auto all = project.json_of(project.two());
  CHECK(all.find(R"("headers":[{"name":"n","value":null},{"name":"mykartctl-test","value":"mine"}]})") != std::string::npos);
}

TEST_CASE("produce says where each record lies, by the key's partition when none is given") {
  const Copying project;
  const auto ended =
      project.produce("{\"key\":\"product-1\",\"value\":\"a\"}\n\n  {\"key\":\"product-1\",\"value\":\"b\"}", {"-o", "json"});
  REQUIRE(ended.status == 0);
  const auto second = ended.out.find('\n') + 1;
  const auto first = json(ended.out.substr(0, second)), last = json(ended.out.substr(second));
  CHECK(first.text_or("topic", "") == project.two());
  CHECK(first.text_or("key", "") == "product-1");
  CHECK(first.integer_or("offset", -1) == 0);
  CHECK(last.integer_or("offset", -1) == 1);
  CHECK(last.integer_or("line", -1) == 3);
  const auto records = oracle::read(project.two());
  REQUIRE(records.size() == 2);
  CHECK(records[0].partition == first.integer_or("partition", -1));
  CHECK(records[0].time_ms > 1'700'000'000'000);
}

TEST_CASE("the first line that is no record ends it, with its place, and with what was written before") {
  const Copying project;
  const auto wrong = project.produce("{\"value\":\"1\"}\n{\"value\":\"2\"}\n{\"valeu\":\"3\",\"value\":\"3\"}\n{\"value\":\"4\"}\n");
  CHECK(wrong.status == 65);
  CHECK(wrong.err.find("unknown key 'valeu'") != std::string::npos);
  CHECK(wrong.err.find("2 records were written, nothing after that") != std::string::npos);
  CHECK(wrong.err.find("stdin:3:2") != std::string::npos);
  CHECK(oracle::read(project.two()).size() == 2);

  const auto nowhere = project.produce("{\"partition\":3,\"value\":\"5\"}\n");
  CHECK(nowhere.status == 65);
  CHECK(nowhere.err.find(project.two() + " has no partition 3") != std::string::npos);
  CHECK(nowhere.err.find("stdin:1") != std::string::npos);
  CHECK(oracle::read(project.two()).size() == 2);
}

TEST_CASE("a record that Kafka does not take is named by its line, and is the exit code") {
  const Copying project;
  const auto ended = project.produce("{\"value\":\"1\"}\n{\"value\":\"" + std::string(2'000'000, 'x') + "\"}\n{\"value\":\"3\"}\n");
  CHECK(ended.status == 1);
  CHECK(ended.err.find("stdin:2") != std::string::npos);
  CHECK(ended.err.find("1 record was written") != std::string::npos);
  CHECK(oracle::read(project.two()).size() == 1);
}

TEST_CASE("a record that the broker refuses ends it: all before it are there, in order, none after it, and it says where to go on") {
  const Copying project;
  const sandbox::Topic topic{"small", 1, "retention.ms=-1,max.message.bytes=20000"};
  std::string noise;  // that lz4 cannot make small
  for (std::uint32_t any = 1; noise.size() < 60'000; any = any * 1'664'525 + 1'013'904'223)
    noise += static_cast<char>('0' + (any >> 29) + ((any >> 28 & 1) != 0 ? 0 : 'a' - '0'));
  std::string input;
  for (int i = 1; i <= 5'000; ++i) input += R"({"value":")" + (i == 2'500 ? noise : std::to_string(i)) + "\"}\n";
  const auto ended = process::run(tool::command({"topics", "produce", topic.name(), "-f", "-", "-o", "json"}), project.options(), input);
  INFO(ended.err);
  CHECK(ended.status == 1);
  CHECK(ended.err.find("Message size too large") != std::string::npos);
  CHECK(ended.err.find("every record before stdin:2500 was written, nothing after stdin:") != std::string::npos);
  CHECK(ended.err.find("at: stdin:2500\n") != std::string::npos);
  CHECK(ended.err.find("try: tail -n +2500 FILE | mykartctl topics produce " + topic.name() + " -f -\n") != std::string::npos);
  CHECK(ended.out.find("\"line\":2500,\"written\":false}") != std::string::npos);
  const auto records = oracle::read(topic.name());
  REQUIRE(records.size() == 2'499);
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].value != std::to_string(i + 1)) FAIL("record " << i << " is " << *records[i].value);
}

TEST_CASE("records leave as they come in, at the rate that was asked for, until Ctrl-C") {
  const Copying project;
  process::Child child{tool::command({"topics", "produce", project.two(), "-f", "-", "--rate", "5"}), project.options()};
  child.write("{\"key\":\"first\",\"value\":\"1\"}\n");
  child.wait_for("first");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) child.write("{\"key\":\"more" + std::to_string(i) + "\",\"value\":\"1\"}\n");
  child.wait_for("more4");
  CHECK(std::chrono::steady_clock::now() - begin > std::chrono::milliseconds{600});
  child.signal(SIGINT);
  CHECK(child.wait() == 130);
  CHECK(child.err().find("6 records were written") != std::string::npos);
}

TEST_CASE("a protected context is asked for; a pipe cannot answer") {
  const Copying project;
  const std::string record = "{\"value\":\"1\"}\n";
  const auto refused = project.produce(record, {"--context", "prod"});
  CHECK(refused.status == 5);
  CHECK(refused.err.find("try: --yes --confirm prod") != std::string::npos);
  CHECK(project.produce(record, {"--context", "prod", "--yes"}).status == 5);
  CHECK(oracle::read(project.two()).empty());
  CHECK(project.produce(record, {"--context", "prod", "--yes", "--confirm", "prod"}).status == 0);
  CHECK(oracle::read(project.two()).size() == 1);
}

TEST_CASE("an event topic is asked for while a migration runs, and while nobody knows") {
  Copying project;
  project.write("-1", 3, "",
                ", source: {table: public.events, id: event_id, time: at, time_zone: UTC, key: 'k-{kind}', fields: [kind, at]}");
  const std::string record = "{\"value\":\"1\"}\n";
  CHECK(project.produce(record).status == 0);  // there was no migration
  const auto run = [&](const std::string& result) {
    project.database().run(
        "insert into mykartctl.run (command, direction, context, who, host, pid, version, finished, result) "
        "values ('deploy', 'deploy', 'local', 'a', 'h', 1, 'v', now(), '" +
        result + "')");
  };
  run("waiting");
  const auto refused = project.produce(record);
  CHECK(refused.status == 5);
  CHECK(refused.err.find("a migration is waiting") != std::string::npos);
  CHECK(refused.err.find("try: --yes\n") != std::string::npos);
  CHECK(project.produce(record, {"--yes"}).status == 0);
  run("done");
  CHECK(project.produce(record).status == 0);

  const auto unknown = project.produce(record, {"--database", "postgresql://nobody@127.0.0.1:1/none"});
  CHECK(unknown.status == 5);
  CHECK(unknown.err.find("whether a migration runs is not known") != std::string::npos);
}

TEST_CASE("what cannot be written to is said before anything is read") {
  const Copying project;
  const auto missing = project.run({"topics", "produce", project.two() + "s", "-f", "-"});
  CHECK(missing.status == 1);
  CHECK(missing.err.find("try: mykartctl topics produce " + project.two()) != std::string::npos);
  CHECK(project.run({"topics", "produce", project.two()}).status == 64);
  CHECK(project.run({"topics", "produce", project.two(), "-f", project.path("none.jsonl")}).status == 64);
}
