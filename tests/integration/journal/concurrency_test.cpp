#include <catch2/catch.hpp>

#include <set>
#include <thread>

#include "journal/journal.hpp"
#include "support/session.hpp"

using namespace ctl;

namespace {
const Step step{.resource = {Kind::data, "public.clicks"}, .phase = "backfill", .action = Action::run};

/// Does the same in several sessions at once; what one of them throws, this throws.
template <class F>
void at_once(int sessions, F body) {
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(sessions));
  {
    std::vector<std::jthread> threads;
    for (auto& failure : failures)
      threads.emplace_back([&failure, &body] {
        try {
          body();
        } catch (...) { failure = std::current_exception(); }
      });
  }
  for (const auto& failure : failures)
    if (failure) std::rethrow_exception(failure);
}
}  // namespace

TEST_CASE("many sessions can make the journal at once") {
  SessionBench b;
  at_once(6, [&] {
    Quiet quiet;
    auto session = postgres::Connection::open(b.target(), postgres::Access::read_write, quiet, b.until);
    if (!Journal{session, b.until}.present()) throw std::logic_error{"absent"};
  });
  CHECK(b.database.value("select count(*) = count(distinct version) from mykartctl.journal_version") == "t");
  CHECK(b.database.value("select to_regclass('mykartctl.dead_letter') is not null") == "t");
}

TEST_CASE("many sessions can write to the journal at once, also to the same run") {
  SessionBench b;
  auto session = b.open();
  Journal journal{session, b.until};
  const auto shared = journal.begin({.command = "deploy", .context = "t"}, b.until);
  at_once(4, [&] {
    Quiet quiet;
    auto other = postgres::Connection::open(b.target(), postgres::Access::read_write, quiet, b.until);
    Journal own{other, b.until};
    const auto run = own.begin({.command = "verify", .context = "t"}, b.until);
    for (int i = 0; i < 25; ++i) {
      own.finished(shared, own.started(shared, step, Value{}, b.until), Verdict::done, "", b.until);
      own.finished(run, own.started(run, step, Value{i}, b.until), Verdict::failed, "why", b.until);
    }
    own.end(run, "done", "", b.until);
  });
  const auto steps = journal.steps(shared, b.until);
  REQUIRE(steps.size() == 100);
  for (std::size_t i = 0; i < steps.size(); ++i) CHECK(steps[i].seq == static_cast<std::int64_t>(i) + 1);
  CHECK(journal.runs(10, b.until).size() == 5);
  CHECK(journal.runs(2, b.until).size() == 2);
}

TEST_CASE("what has ended is never changed") {
  SessionBench b;
  auto session = b.open();
  Journal journal{session, b.until};
  const auto run = journal.begin({.command = "deploy", .direction = "deploy", .context = "t"}, b.until);
  const auto seq = journal.started(run, step, Value{}.set("was", "7"), b.until);
  journal.finished(run, seq, Verdict::failed, "no", b.until);
  CHECK(error_of([&] { journal.finished(run, seq, Verdict::done, "", b.until); }).code() == Code::internal);
  journal.end(run, "failed", "no", b.until);
  CHECK(error_of([&] { journal.end(run, "done", "", b.until); }).code() == Code::internal);
  CHECK(error_of([&] { (void)journal.started(run + 1, step, Value{}, b.until); }).code() == Code::internal);
  const auto entry = journal.steps(run, b.until).at(0);
  CHECK(entry.kind == "data");
  CHECK(entry.verdict == Verdict::failed);
  CHECK(entry.finished >= entry.started);
  const auto last = journal.last_migration(b.until).value();
  CHECK(last.result == "failed");
  CHECK(last.finished);
  CHECK(now() - last.started < 60s);
  CHECK(b.database.value("select before ->> 'was' from mykartctl.step") == "7");
  CHECK(b.database.value("select step ->> 'name' from mykartctl.step") == "public.clicks");
}
