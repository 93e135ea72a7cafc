#include "support/process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

using namespace process;

namespace {
Ended shell(const std::string& script, Options options = {}, std::string_view input = {}) {
  return run({"sh", "-c", script}, std::move(options), input);
}
/// A zombie that its new parent has not looked at yet is gone as well.
bool gone(pid_t pid) {
  for (int i = 0; i < 500; ++i, ::usleep(10'000)) {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string number, name, status;
    if (!(file >> number >> name >> status) || status == "Z") return true;
  }
  return false;
}
}  // namespace

TEST_CASE("a program's streams and its status are kept apart") {
  const auto ended = shell("echo answer; echo trouble >&2; exit 3");
  CHECK(ended.out == "answer\n");
  CHECK(ended.err == "trouble\n");
  CHECK(ended.status == 3);
  CHECK(ended.peak_kilobytes > 100);
}

TEST_CASE("output larger than a pipe holds does not stop the program") {
  CHECK(shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2").out.size() == 1'000'000);
}

TEST_CASE("a program that cannot be started says so with status 127") {
  const auto ended = run({"/no/such/program"});
  CHECK(ended.status == 127);
  CHECK(ended.err == "/no/such/program: No such file or directory\n");
}

TEST_CASE("the environment is the test's own, with additions and without what is taken away") {
  ::setenv("PROCESS_TEST", "own", 1);
  CHECK(shell("echo $PROCESS_TEST").out == "own\n");
  CHECK(shell("echo $PROCESS_TEST", {.environment = {{"PROCESS_TEST", "given"}}}).out == "given\n");
  CHECK(shell("echo ${PROCESS_TEST-none}", {.without = {"PROCESS_TEST"}}).out == "none\n");
  CHECK(shell("pwd", {.folder = "/usr"}).out == "/usr\n");
}

TEST_CASE("input is written, then its end, as far as the program reads it") {
  CHECK(shell("cat", {}, "one\ntwo\n").out == "one\ntwo\n");
  CHECK(shell("exec 0<&-; sleep 0.1; exit 3", {}, std::string(1'000'000, 'x')).status == 3);
}

TEST_CASE("waiting for a line takes all of it, waiting for a text needs no end of line") {
  Child child{{"sh", "-c", "echo first; printf 'the port is 47' >&2; sleep 0.05; echo 11 >&2; printf 'go on? '; sleep 60"}};
  CHECK(child.wait_for_line("port") == "the port is 4711");
  child.wait_for("go on? ");
}

TEST_CASE("waiting in vain says what was printed instead") {
  Child child{{"sh", "-c", "echo first; sleep 60"}};
  child.wait_for("first");
  CHECK(child.running());
  CHECK_THROWS_WITH(child.wait_for("never", 50ms), Catch::Contains("still without \"never\"") && Catch::Contains("--- stdout\nfirst\n"));
  CHECK_THROWS_WITH(child.wait(50ms), Catch::Contains("has not ended"));

  Child gone{{"true"}};
  CHECK_THROWS_WITH(gone.wait_for("never"), Catch::Contains("ended without \"never\""));
}

TEST_CASE("a signal reaches the program and shows in its status") {
  Child child{{"sh", "-c", "trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.01; done"}};
  child.wait_for("ready");
  child.signal(SIGTERM);
  CHECK(child.wait() == 9);
  CHECK(child.out() == "ready\ncaught\n");

  Child killed{{"sleep", "60"}};
  killed.kill();
  CHECK(killed.wait() == 128 + SIGKILL);
  killed.signal(SIGTERM);  // nobody is there: nothing happens
}

TEST_CASE("what the program started goes with it") {
  pid_t grandchild = 0;
  {
    Child child{{"sh", "-c", "sleep 60 & echo $!; wait"}};
    grandchild = std::stoi(child.wait_for_line(""));
    REQUIRE(::kill(grandchild, 0) == 0);
  }
  CHECK(gone(grandchild));
}

TEST_CASE("a grandchild that holds the pipes does not keep the program's end from being seen") {
  CHECK(shell("sleep 60 & echo done").out == "done\n");
}

TEST_CASE("the program dies with the test") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto test = ::fork();
  if (test == 0) {
    const Child child{{"sleep", "60"}};
    const auto pid = child.pid();
    ::_exit(::write(ends[1], &pid, sizeof pid) == sizeof pid ? 0 : 1);  // without destructors, as kill -9 would
  }
  pid_t orphan = 0;
  REQUIRE(::read(ends[0], &orphan, sizeof orphan) == sizeof orphan);
  ::waitpid(test, nullptr, 0);
  CHECK(gone(orphan));
}

TEST_CASE("on a terminal the program sees a terminal, its size and Ctrl-C") {
  const auto size = run({"sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size"}, {.terminal = true, .columns = 77, .rows = 11});
  CHECK(size.out == "11 77\r\n");
  CHECK(size.status == 0);

  Child child{{"sh", "-c", "trap 'echo interrupted; exit 130' INT; echo ready; while :; do sleep 0.01; done"}, {.terminal = true}};
  child.wait_for("ready");
  child.write("\x03");
  CHECK(child.wait() == 130);
  CHECK(child.out().ends_with("interrupted\r\n"));
}
