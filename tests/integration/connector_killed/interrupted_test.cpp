#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <pqxx/pqxx>
#include <thread>

#include "integration/apply_connector/shop.hpp"

using namespace ctl;

namespace {

/// Waits for the child to stand still at its fault point; false if it ended instead.
bool stands_still(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, WUNTRACED) == child);
  return WIFSTOPPED(status);
}

int exit_of(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// `apply` in a process of its own that stands still at the point and hears SIGTERM as the tool does. Exit 0: done, 3: Error.
pid_t apply_until(Shop& shop, const std::string& point, std::chrono::seconds time) {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child != 0) return child;
  if (!point.empty()) ::setenv("MYKARTCTL_FAULT", (point + "=stop").c_str(), 1);
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, nullptr);
  std::stop_source stop;
  std::thread{[&] {
    int signal = 0;
    sigwait(&term, &signal);
    stop.request_stop();
  }}.detach();
  shop.until = Deadline{time, stop.get_token()};
  try {
    static_cast<void>(shop.apply());
  } catch (const std::exception&) { ::_exit(3); }
  ::_exit(0);
}

/// The exit code of an apply that nothing holds. Always in a process of its own: one looks up its fault point only once.
int apply(Shop& shop, std::chrono::seconds time = std::chrono::seconds{60}) { return exit_of(apply_until(shop, "", time)); }

struct State {
  connect::Worker worker;
  const Shop& shop;
  explicit State(Shop& s) : worker{{.base = sandbox::connect_url()}, s.quiet}, shop{s} {}
  [[nodiscard]] std::string now() {
    const auto status = worker.status(shop.name, shop.until);
    return std::string{to_string(status.state)} + " " + std::to_string(status.running());
  }
};

}  // namespace

TEST_CASE("interrupted at any point after the stop, the connector runs again, and the same command ends right") {
  Shop shop;
  CHECK(apply(shop) == 0);
  State state{shop};
  shop.capture("public.orders,public.items,public.clicks");
  for (const std::string point : {"connector.stopped", "connector.published", "connector.configured"}) {
    INFO(point);
    const auto child = apply_until(shop, point, std::chrono::seconds{60});
    REQUIRE(stands_still(child));
    CHECK(state.now() == "STOPPED 0");
    ::kill(child, SIGTERM);
    ::kill(child, SIGCONT);
    CHECK(exit_of(child) == 3);
    CHECK(state.now() == "RUNNING 1");
  }
  CHECK(apply(shop) == 0);
  CHECK(shop.plan().steps.empty());
  shop.database.run("insert into orders default values; insert into clicks default values");
  CHECK(shop.all_arrived("orders", "order_id") == "");
  CHECK(shop.all_arrived("clicks", "click_id") == "");
}

TEST_CASE("refused by PostgreSQL after the stop, against all looks, the connector runs again") {
  Shop shop;
  CHECK(apply(shop) == 0);
  State state{shop};
  shop.capture("public.orders,public.items,public.late");
  shop.database.run("create table late (id int primary key)");
  const auto child = apply_until(shop, "connector.stopped", std::chrono::seconds{60});
  REQUIRE(stands_still(child));
  CHECK(state.now() == "STOPPED 0");
  shop.database.run("drop table late");
  ::kill(child, SIGCONT);
  CHECK(exit_of(child) == 3);
  CHECK(state.now() == "RUNNING 1");
}

TEST_CASE("what PostgreSQL would refuse, or a lock keeps for longer than there is time, is found before the connector is stopped") {
  Shop shop;
  CHECK(apply(shop) == 0);
  State state{shop};
  const auto generation = [&] {  // a connector that was stopped has read its slot from another server process since
    return shop.database.value("select active_pid from pg_replication_slots where slot_name = '" + shop.name + "'");
  };
  for (int tries = 0; tries < 40 && generation().empty(); ++tries) shop.until.sleep(std::chrono::milliseconds{250});
  const auto before = generation();
  CHECK_FALSE(before.empty());
  shop.capture("public.orders,public.items,public.clicks");
  {
    pqxx::connection other{shop.database.url()};
    pqxx::work holds{other};
    holds.exec("lock table clicks in share row exclusive mode");
    CHECK(apply(shop, std::chrono::seconds{4}) == 3);
  }
  CHECK(state.now() == "RUNNING 1");
  CHECK(generation() == before);

  // nothing in the catalog tells it
  shop.database.run(
      "create function no() returns event_trigger language plpgsql as $$ begin raise exception 'not on Fridays'; end $$;"
      "create event trigger fridays on ddl_command_start when tag in ('ALTER PUBLICATION') execute function no()");
  CHECK(apply(shop) == 3);
  CHECK(state.now() == "RUNNING 1");
  CHECK(generation() == before);
  CHECK(shop.database.value("select count(*) from pg_publication_tables where pubname = '" + shop.name + "_pub'") == "2");
  shop.database.run("drop event trigger fridays");
  CHECK(apply(shop) == 0);
  CHECK(shop.plan().steps.empty());
}
