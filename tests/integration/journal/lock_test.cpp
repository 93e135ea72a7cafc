#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include "journal/journal.hpp"
#include "journal/lock.hpp"
#include "support/session.hpp"

using namespace ctl;
using namespace std::chrono_literals;

namespace {

struct LockBench : SessionBench {
  const Lock::Holder ana{.who = "ana", .host = "ops1", .command = "deploy", .pid = 4711};

  Lock take(const Lock::Holder& who, const std::string& context = "prod") { return Lock::take(target(), context, who, quiet, until); }
  std::optional<Lock::Holder> holder() {
    auto session = open(postgres::Access::read_only);
    return lock_holder(session, "prod", until);
  }
};

/// Another process that holds the lock until it is killed.
class Process {
 public:
  template <class F>
  explicit Process(F&& body) : pid_{::fork()} {
    if (pid_ != 0) return;
    body();
    for (;;) ::pause();
  }
  void kill_hard() {
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  ~Process() {
    if (pid_ > 0) kill_hard();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

 private:
  pid_t pid_;
};

}  // namespace

TEST_CASE("a lock whose holder was killed with -9 is free at once, and nobody is named as its holder") {
  LockBench b;
  std::optional<Lock> kept;
  Process other{[&] { kept.emplace(b.take(b.ana)); }};  // forked before this process has a thread of its own
  while (!b.holder()) b.until.check("waiting for the other process");
  CHECK(error_of([&] { (void)b.take({.who = "bob"}); }).code() == Code::busy);
  other.kill_hard();
  CHECK(SessionBench::took([&] {
          while (b.holder()) b.until.check("waiting for the lock");
        }) < 3s);
  auto mine = b.take({.who = "bob", .host = "ops2", .command = "rollback", .pid = 7});
  mine.check(b.until);
  CHECK(b.holder()->who == "bob");
}

TEST_CASE("a holder that has not written its name yet is known by its session") {
  LockBench b;
  auto lock = b.take(b.ana);
  b.database.run("delete from mykartctl.lock_holder");
  const auto e = error_of([&] { (void)b.take({.who = "bob"}); });
  CHECK_THAT(e.what(), Catch::StartsWith("admin@127.0.0.1 runs mykartctl test since "));
}

TEST_CASE("the server looks after a silent holder within a minute") {
  LockBench b;
  auto lock = b.take(b.ana);
  auto session = b.open(postgres::Access::read_only);
  const auto setting = [&](const std::string& name) { return b.value(session, "select current_setting('" + name + "') as v"); };
  CHECK(setting("tcp_keepalives_idle") == "20");
  CHECK(setting("tcp_keepalives_interval") == "10");
  CHECK(setting("tcp_keepalives_count") == "4");
  CHECK(setting("idle_session_timeout") == "0");
}

TEST_CASE("a role that may only read finds no journal, and is refused the lock in the server's words") {
  LockBench b;
  const auto role = sandbox::unique("reader");
  b.database.run("create role " + role + " login");
  auto target = b.target();
  target.conninfo.replace(target.conninfo.find("admin@"), 6, role + "@");
  {
    auto session = postgres::Connection::open(target, postgres::Access::read_only, b.quiet, b.until);
    CHECK_FALSE(lock_holder(session, "prod", b.until));
    CHECK(Journal{session, b.until}.in_doubt(b.until).empty());
  }
  const auto e = error_of([&] { (void)Lock::take(target, "prod", b.ana, b.quiet, b.until); });
  CHECK(e.code() == Code::denied);
  CHECK_THAT(e.text().cause, Catch::Contains("permission denied for database"));
  b.database.run("drop role " + role);
}

TEST_CASE("the steps of a run that holds its lock are not in doubt, they are once it is gone") {
  LockBench b;
  auto session = b.open();
  Journal journal{session, b.until};
  std::optional<Lock> lock{b.take(b.ana)};
  const auto run = journal.begin({.command = "deploy", .direction = "deploy", .context = "prod", .host = "ops1", .pid = 4711}, b.until);
  (void)journal.started(run, {.resource = {Kind::topic, "a"}, .action = Action::create}, Value{}, b.until);
  CHECK(journal.in_doubt(b.until).empty());
  lock.reset();
  while (b.holder()) b.until.check("waiting for the end of the lock's session");
  CHECK(journal.in_doubt(b.until).size() == 1);
}
