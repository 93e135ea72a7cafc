#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>

#include "core/file.hpp"
#include "core/text.hpp"
#include "project.hpp"
#include "support/consumer.hpp"
#include "support/java_consumer.hpp"

using Words = std::vector<std::string>;
using namespace std::chrono_literals;

namespace {

/// A topic of three partitions with ten old records in the first one, and a name for a group.
struct Group : Project {
  std::string name{sandbox::unique("group")};
  Group() {
    REQUIRE(run({"topics", "apply", "--yes"}).status == 0);
    send(10);
  }
  void send(int count) const {
    std::vector<oracle::Record> records;
    for (int i = 0; i < count; ++i) records.push_back({.partition = 0, .time_ms = old_ms(), .key = "k", .value = "v"});
    oracle::produce(one(), records);
  }
  /// An hour ago: old enough to be behind, too young for retention.
  static std::int64_t old_ms() { return (ctl::now() - std::chrono::hours{1}).time_since_epoch().count(); }

  [[nodiscard]] ctl::Value json(Words words) const {
    words.insert(words.end(), {"-o", "json"});
    return ctl::parse_json(run(words).out, "stdout");
  }
  /// Its entry in `groups status`.
  [[nodiscard]] ctl::Value seen(Words more = {}) const {
    more.insert(more.begin(), {"groups", "status", name});
    return json(std::move(more)).find("groups")->list()->at(0);
  }
  /// Committed offset of the first partition, -1 without one.
  [[nodiscard]] std::int64_t committed() const {
    const auto group = seen();
    for (const auto& partition : *group.find("partition_detail")->list())
      if (partition.integer_or("partition", -1) == 0) return partition.integer_or("committed", -1);
    return -1;
  }
  [[nodiscard]] process::Ended reset(Words more) const {
    more.insert(more.begin(), {"groups", "reset", name});
    return run(std::move(more));
  }
  /// Makes the group, with `offset` as its one commit, and leaves it.
  void commit(std::int64_t offset) const {
    Consumer consumer{name, one()};
    consumer.read(1);
    consumer.commit(one(), 0, offset);
  }
};

}  // namespace

TEST_CASE("A group whose member stands still is a stall, partition by partition, and ok when it goes on") {
  const Group group;
  Consumer consumer{group.name, group.one()};
  consumer.read(1);
  consumer.commit();
  const auto stall = group.run({"groups", "status", group.name});
  CHECK(stall.status == 4);
  CHECK(has(stall.out, "Stable        1       1    9"));
  CHECK(has(stall.out, group.one() + "          0          1   10    9     1h00m  stall    shop@127.0.0.1"));
  CHECK(has(stall.out, "no commit for 6.0 s, and 9 records are unread"));

  consumer.read(9);
  consumer.commit();
  const auto ok = group.run({"groups", "status", group.name, "-o", "json"});
  CHECK(ok.status == 0);
  const auto seen = group.seen();
  CHECK(seen.text_or("verdict", "") == "ok");
  CHECK(seen.integer_or("lag", -1) == 0);
  CHECK(seen.find("lag_ms")->is_null());
  CHECK(seen.find("member_detail")->list()->at(0).integer_or("partitions", -1) == 3);
}

TEST_CASE("A group that nobody is in is a stop when something is unread, with the age of the first such record") {
  const Group group;
  group.commit(4);
  const auto began = std::chrono::steady_clock::now();
  const auto seen = group.seen();
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{5});  // once was members' group: one look is enough
  CHECK(seen.text_or("verdict", "") == "stop");
  CHECK(seen.text_or("state", "") == "Empty");
  CHECK(seen.integer_or("members", -1) == 0);
  CHECK(seen.integer_or("lag", -1) == 6);
  CHECK(seen.integer_or("lag_ms", -1) / 60'000 == 60);
}

TEST_CASE("What transactions wrote is no lag once it is read, with aborted ones and all their markers behind it") {
  const Group group;
  const std::vector<oracle::Record> records(5, {.partition = 0, .key = "k", .value = "v"});
  oracle::transact(group.one(), records, false);
  oracle::transact(group.one(), records, true);
  oracle::transact(group.one(), records, false);
  {
    Consumer consumer{group.name, group.one()};
    consumer.read(15);
    consumer.commit();
  }
  const auto seen = group.seen();
  CHECK(seen.integer_or("lag", -1) == 0);
  CHECK(seen.text_or("verdict", "") == "ok");
  const auto& partition = seen.find("partition_detail")->list()->at(0);
  CHECK(partition.integer_or("committed", -1) < partition.integer_or("end", -1));  // so it is not by chance
  oracle::transact(group.one(), records, true);
  CHECK(group.seen().integer_or("lag", -1) == 5);
}

TEST_CASE("groups list names each group with its verdict, and those of one topic alone") {
  const Group group, other;
  group.commit(10);
  const auto all = group.run({"groups", "list", "-o", "name"});
  CHECK(has(all.out, group.name + "\n"));
  CHECK(group.run({"groups", "list", "--topic", group.one(), "-o", "name"}).out == group.name + "\n");
  CHECK(group.run({"groups", "list", "--topic", other.one()}).out == "no consumer group\n");
  const auto gone = group.run({"groups", "list", "--topic", group.one() + "s"});
  CHECK(gone.status == 1);
  CHECK(has(gone.err, "try: " + group.one()));
}

TEST_CASE("status shows the groups that read declared topics, and one that is behind as a warning") {
  const Group group;
  group.commit(4);
  const auto status = group.json({"status"});
  const auto& groups = *status.find("groups")->list();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].text_or("group", "") == group.name);
  CHECK(groups[0].integer_or("lag", -1) == 6);
  CHECK(groups[0].text_or("verdict", "") == "stop");
}

TEST_CASE("A group that does not exist is named, with the nearest one that does, and is not made by a reset") {
  const Group group;
  group.commit(1);
  for (const auto& command :
       {Words{"groups", "status", group.name + "s"}, Words{"groups", "reset", group.name + "s", "--to", "end", "-y"}}) {
    const auto ended = group.run(command);
    CHECK(ended.status == 1);
    CHECK(has(ended.err, "there is no group " + group.name + "s"));
    CHECK(has(ended.err, "try: " + group.name + "\n"));
  }
  CHECK_FALSE(has(group.run({"groups", "list", "-o", "name"}).out, group.name + "s\n"));
}

TEST_CASE("A reset is refused while somebody is in the group, who is named, and disturbs nobody") {
  const Group group;
  Consumer consumer{group.name, group.one()};
  consumer.read(10);
  consumer.commit();
  const auto refused = group.reset({"--to", "beginning", "--yes"});
  CHECK(refused.status == 5);
  CHECK(has(refused.err, "group " + group.name + " is in use (Stable)"));
  CHECK(has(refused.err, "shop@127.0.0.1"));
  const auto dry = group.reset({"--to", "beginning", "--dry-run"});
  CHECK(dry.status == 5);
  CHECK(has(dry.out, "10    0    -10"));
  CHECK(has(dry.out, "refused now: group " + group.name + " is in use"));
  CHECK(group.seen().text_or("state", "") == "Stable");  // nothing was rebalanced
  CHECK(group.committed() == 10);
}

TEST_CASE("Members that speak the new protocol of groups are shown, with their lag, and keep a reset away until they are gone") {
  const Group group;
  process::Child consumer{java_consumer(group.name, group.one())};
  consumer.wait_until([](const auto& out, const auto&) { return std::count(out.begin(), out.end(), '\n') == 10; }, "ten records", 60s);
  for (const auto end = std::chrono::steady_clock::now() + 20s; group.committed() != 10;) REQUIRE(std::chrono::steady_clock::now() < end);

  const auto list = group.run({"groups", "list", "--topic", group.one()});
  CHECK(list.status == 0);
  CHECK(has(list.out, group.name + "  Stable        1       1    0         -  ok"));
  CHECK(group.seen().find("member_detail")->list()->at(0).integer_or("partitions", -1) == 3);
  const auto refused = group.reset({"--to", "beginning", "--yes"});
  CHECK(refused.status == 5);
  CHECK(has(refused.err, "group " + group.name + " is in use (Stable)"));
  CHECK(has(refused.err, "its members are shop@127.0.0.1"));

  consumer.signal(SIGSTOP);
  group.send(4);
  const auto stall = group.run({"groups", "status", group.name});
  CHECK(stall.status == 4);
  CHECK(has(stall.out, group.one() + "          0         10   14    4     1h00m  stall    shop@127.0.0.1"));
  CHECK(group.committed() == 10);

  consumer.signal(SIGCONT);
  consumer.signal(SIGTERM);
  consumer.wait();
  CHECK(group.seen().text_or("state", "") == "Empty");
  CHECK(group.reset({"--to", "beginning", "--yes"}).status == 0);
  CHECK(group.committed() == 0);
}

TEST_CASE("A reset shows its plan, saves what was, and the undo brings exactly that back") {
  const Group group;
  group.commit(7);
  const auto file = group.path("undo.json");
  const auto dry = group.reset({"--to", "beginning", "--dry-run", "--out", file});
  CHECK(dry.status == 0);
  CHECK(has(dry.out, "7    0     -7"));
  CHECK_FALSE(ctl::read_file_if(file));
  CHECK(group.committed() == 7);
  CHECK(group.reset({"--to", "beginning"}).status == 5);  // nobody said yes

  const auto done = group.reset({group.one(), "--to", "beginning", "--yes", "--out", file});
  CHECK(done.status == 0);
  CHECK(has(done.out, "undo: mykartctl groups reset " + group.name + " -f " + file));
  CHECK(group.seen().find("partition_detail")->list()->size() == 3);  // of a named topic, all partitions
  CHECK(group.committed() == 0);

  const auto again = group.reset({"--to", "end", "--yes", "--out", file});
  CHECK(again.status == 5);  // not over the way back
  CHECK(has(again.err, file + " is there already"));
  CHECK(group.reset({"-f", file, "--yes"}).status == 0);
  CHECK(group.committed() == 7);
  CHECK(group.seen().find("partition_detail")->list()->size() == 1);  // the others had no commit
  const auto nothing = group.reset({"-f", file, "--yes"});
  CHECK(nothing.status == 0);
  CHECK(has(nothing.out, "nothing to do"));
}

TEST_CASE("Without --out the undo file has a name of its own in the working folder") {
  const Group group;
  group.commit(7);
  const auto file = group.reset({"--to", "-2", "--yes", "-o", "name"}).out;
  CHECK(file.starts_with(group.name + "-"));
  CHECK(group.committed() == 8);
  CHECK(group.reset({"-f", file.substr(0, file.size() - 1), "--yes"}).status == 0);
  CHECK(group.committed() == 7);
}

TEST_CASE("A reset goes to an offset, an instant, or as near as the log has it, and says so") {
  const Group group;
  group.commit(7);
  oracle::cut(group.one(), 0, 3);
  const auto to = [&](const std::string& position) {
    const auto ended = group.reset({"--to", position, "--yes", "-o", "json"});
    CHECK(ended.status == 0);
    const auto warnings = ctl::parse_json(ended.out, "stdout").find("warnings")->list()->size();
    return fmt::format("{}, {} warnings", group.committed(), warnings);
  };
  CHECK(to("5") == "5, 0 warnings");
  CHECK(to("-2h") == "3, 0 warnings");
  CHECK(to("-1m") == "10, 0 warnings");
  CHECK(to("1") == "3, 1 warnings");
  CHECK(to("-100") == "3, 1 warnings");
  CHECK(to("99") == "10, 1 warnings");
}

TEST_CASE("Offsets that were saved of another group or cluster, or no such file, are refused before anything is asked") {
  const Group group;
  group.commit(7);
  const auto file = group.path("other.json");
  const auto saved = [&](const std::string& of, const std::string& cluster) {
    ctl::write_file(file, R"({"kind":"group_offsets","version":1,"cluster_id":")" + cluster + R"(","group":")" + of +
                              R"(","time":"2026-11-22T10:00:00Z","offsets":[{"topic":")" + group.one() +
                              R"(","partition":0,"offset":1}]})");
    return group.reset({"-f", file, "--yes"});
  };
  const auto another = saved("another", "x");
  CHECK(another.status == 5);
  CHECK(has(another.err, "saved of group another, not of " + group.name));
  const auto elsewhere = saved(group.name, "x");
  CHECK(elsewhere.status == 5);
  CHECK(has(elsewhere.err, "saved in cluster x"));
  ctl::write_file(file, R"({"kind":"plan","group":"g"})");
  const auto wrong = group.reset({"-f", file, "--yes"});
  CHECK(wrong.status == 65);
  CHECK(has(wrong.err, "no file of saved offsets"));
  CHECK(group.reset({"-f", group.path("none.json")}).status == 64);
  CHECK(group.reset({"--yes"}).status == 64);
  CHECK(group.reset({"-f", file, "--to", "end"}).status == 64);
  CHECK(group.committed() == 7);
}

TEST_CASE("At a terminal a reset asks for a yes, and in a protected context for its name") {
  const Group group;
  group.commit(7);
  process::Child child{tool::command({"groups", "reset", group.name, "--to", "beginning", "--context", "prod"}), group.terminal()};
  child.wait_for("Type prod: ");
  CHECK(has(child.out(), "7    0     -7"));
  child.write("yes\n");
  CHECK(child.wait() == 5);
  CHECK(group.committed() == 7);
}

TEST_CASE("A commit that comes between the plan and the yes makes the plan stale") {
  const Group group;
  group.commit(7);
  process::Child child{tool::command({"groups", "reset", group.name, "--to", "beginning"}), group.terminal()};
  child.wait_for("Type yes: ");
  group.commit(8);
  child.write("yes\n");
  CHECK(child.wait() == 5);
  CHECK(has(child.out(), "has committed since"));
  CHECK(group.committed() == 8);
}

TEST_CASE("Kafka out of reach is an error by the deadline, with the origin of its address") {
  const Group group;
  for (const auto& command :
       {Words{"groups", "list"}, Words{"groups", "status", group.name}, Words{"groups", "reset", group.name, "--to", "end"}}) {
    auto words = command;
    words.insert(words.end(), {"--brokers", "127.0.0.1:1", "--timeout", "5s"});
    const auto began = std::chrono::steady_clock::now();
    const auto ended = group.run(words);
    CHECK(ended.status == 69);
    CHECK(has(ended.err, "127.0.0.1:1 (flag --brokers)"));
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{6});
  }
}
