#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>

#include "project.hpp"

namespace {

struct Applied : Project {
  Applied() { REQUIRE(run({"topics", "apply", "--yes"}).status == 0); }
};

ctl::Value json(const process::Ended& ended) { return ctl::parse_json(ended.out, "stdout"); }

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

TEST_CASE("topics status judges what is declared: missing, ok, drift") {
  Project project;
  const auto missing = project.run({"topics", "status", "-o", "json"});
  CHECK(missing.status == 4);
  CHECK(json(missing).find("summary")->integer_or("missing", -1) == 2);

  REQUIRE(project.run({"topics", "apply", "--yes"}).status == 0);
  oracle::produce(project.one(), {{.time_ms = 1'700'000'000'000, .key = "k", .value = "v"}});
  const auto good = project.run({"topics", "status", "-o", "json"});
  CHECK(good.status == 0);
  const auto document = json(good);
  CHECK(*document.find("ok")->boolean());
  const auto& topic = document.find("topics")->list()->at(0);
  CHECK(topic.text_or("verdict", "") == "ok");
  CHECK(topic.text_or("last_event_at", "") == "2023-11-14T22:13:20Z");
  CHECK(topic.integer_or("offset_span", -1) == 1);
  CHECK(topic.find("partition_detail")->list()->size() == 3);

  project.write("1d", 3);
  const auto drift = project.run({"topics", "status", project.one(), "-o", "json"});
  CHECK(drift.status == 4);
  const auto judged = json(drift);
  const auto& found = judged.find("topics")->list()->at(0).find("drift")->list()->at(0);
  CHECK(found.text_or("path", "") == "config.retention.ms");
  CHECK(found.text_or("declared", "") == "86400000");
  CHECK(found.text_or("found", "") == "604800000");
}

TEST_CASE("topics list tells what is managed") {
  const Applied project;
  const auto all = project.run({"topics", "list", "-o", "name"}).out;
  CHECK(all.find(project.one() + "\n") != std::string::npos);
  const auto others = project.run({"topics", "list", "--unmanaged", "-o", "name"}).out;
  CHECK(others.find(project.one() + "\n") == std::string::npos);
}

TEST_CASE("topics monitor shows an event the moment it is there, and Ctrl-C is a good end") {
  const Applied project;
  process::Child child{tool::command({"topics", "monitor", project.one(), project.two()}), project.options()};
  child.wait_for("TIME");
  oracle::produce(project.two(), {{.key = "warm-up", .value = "0"}});  // the reader has its connections now
  child.wait_for("warm-up");
  oracle::produce(project.one(), {{.key = "product-1", .value = R"({"product_id":1})"}});
  const auto produced = std::chrono::steady_clock::now();
  child.wait_for(R"({"product_id":1})");
  const auto took = std::chrono::steady_clock::now() - produced;
  CHECK(took < std::chrono::seconds{1});  // it is 10 ms where nothing else runs
  child.signal(SIGINT);
  CHECK(child.wait() == 0);
  CHECK(child.err().ends_with("2 of 2 records shown\n"));
}

TEST_CASE("topics monitor reads a part of the past, filters it, and makes it harmless") {
  const Applied project;
  std::vector<oracle::Record> records;
  for (int i = 0; i < 10; ++i)
    records.push_back({.partition = 0, .key = "k" + std::to_string(i % 2), .value = "value " + std::to_string(i)});
  records.push_back({.partition = 0, .key = "odd", .value = "\x1b[31mred\xff"});
  oracle::produce(project.one(), records);
  const auto monitor = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"topics", "monitor", project.one(), "--to", "end"});
    return project.run(more);
  };
  CHECK(lines(monitor({"--from", "beginning"}).out) == 12);  // with the head
  CHECK(lines(monitor({"--from", "-3"}).out) == 4);
  CHECK(lines(monitor({"--from", "beginning", "--key", "k1"}).out) == 6);
  CHECK(lines(monitor({"--from", "beginning", "--grep", "value 7"}).out) == 2);
  CHECK(lines(monitor({"--from", "beginning", "--limit", "4"}).out) == 5);
  CHECK(lines(monitor({"--from", "beginning", "--partition", "1"}).out) == 1);

  const auto table = monitor({"--from", "-1"}).out;
  CHECK(table.find('\x1b') == std::string::npos);
  CHECK(table.find("\\u001b[31mred") != std::string::npos);
  const auto record = ctl::parse_json(monitor({"--from", "-1", "-o", "json"}).out, "stdout");
  CHECK(record.text_or("key", "") == "odd");
  CHECK(record.find("value")->is_null());
  CHECK(record.text_or("value_base64", "") == "G1szMW1yZWT/");
}

TEST_CASE("topics monitor ends with 3 when its time is over, and quietly when nobody reads") {
  const Applied project;
  CHECK(project.run({"topics", "monitor", project.one(), "--timeout", "300ms"}).status == 3);
  auto options = project.options();
  options.environment["TOOL"] = tool::path;
  options.environment["TOPIC"] = project.one();
  oracle::produce(project.one(), {{.key = "a", .value = "b"}});
  const auto piped =
      process::run({"bash", "-c", "$TOOL topics monitor $TOPIC --from beginning -q | head -1; echo ${PIPESTATUS[0]}"}, options);
  CHECK(piped.out.ends_with("\n0\n"));
  CHECK(piped.err == "");
}

TEST_CASE("A topic that does not exist is named, with the nearest one that does") {
  const Applied project;
  const auto ended = project.run({"topics", "monitor", project.one() + "s"});
  CHECK(ended.status == 1);
  CHECK(ended.err.find("try: mykartctl topics monitor " + project.one()) != std::string::npos);
}
