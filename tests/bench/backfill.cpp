// bench_backfill [ROWS] [ROUNDS]: the Mover against the plain loop on the same table, then reconcile and replay; a JSON line each, and the
// ratio. Each runs in a process of its own, so that CPU time and resident memory are its own.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/memory.hpp"
#include "core/text.hpp"
#include "plain_loop.hpp"
#include "sql/queries.hpp"
#include "support/cart_events.hpp"
#include "support/process.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"
#include "transfer/transfer.hpp"
#include "usage.hpp"

namespace {

using namespace std::chrono_literals;

/// One measurement, in this process.
int measure(const std::string& what, const std::string& database_url, const std::string& topic) {
  if (what != "plain") ctl::keep_freed_memory();  // as mykartctl's main() does
  Quiet quiet;
  const ctl::kafka::Settings kafka{sandbox::brokers(), {}, {}, ""};
  const ctl::postgres::Target postgres{database_url, {}, "bench", ""};
  const auto table = shop::cart_events(topic);
  const ctl::Deadline until{30min, {}};
  const auto begin = std::chrono::steady_clock::now();
  long rows = 0;
  if (what == "plain") rows = plain_loop(database_url, sandbox::brokers(), topic);
  if (what == "mover") rows = static_cast<long>(ctl::transfer::Mover{postgres, kafka, table, {}, quiet}.catch_up(until).rows);
  if (what == "replay")
    for (const auto& [partition, ledger] : ctl::transfer::Replay{postgres, kafka, table, {.run = 1}, quiet}.run(until))
      rows += static_cast<long>(ledger.delivered);
  if (what == "reconcile") {
    auto session = ctl::postgres::Connection::open(postgres, ctl::postgres::Access::read_only, quiet, until);
    const auto parity = ctl::transfer::reconcile(session, kafka, table, {}, quiet, until);
    rows = parity.equal() ? static_cast<long>(parity.rows) : -1;
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("{{\"bench\":\"{}\",\"rows\":{},\"seconds\":{:.2f},\"rows_per_s\":{:.0f},\"cpu_us_per_row\":{:.3f},\"resident_kb\":{}}}\n",
             what, rows, seconds, static_cast<double>(rows) / seconds, cpu_seconds() * 1e6 / static_cast<double>(std::max(rows, 1L)),
             peak_kilobytes());
  return 0;
}

double rate_in(const std::string& line) {
  const auto at = line.find("\"rows_per_s\":") + 13;
  return static_cast<double>(ctl::parse_integer(line.substr(at, line.find(',', at) - at)).value_or(0));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4) return measure(argv[1], argv[2], argv[3]);
  const auto rows = static_cast<int>(argc > 1 ? ctl::parse_integer(argv[1]).value_or(0) : 2'000'000);
  const auto rounds = argc > 2 ? ctl::parse_integer(argv[2]).value_or(1) : 3;
  const sandbox::Database database{"bench"};
  database.run(shop::tables + std::string{ctl::sql::journal_schema});
  database.run(shop::insert_events(rows));
  database.run("vacuum analyze cart_events");
  database.run("checkpoint");
  const auto run = [&](const std::string& what, const sandbox::Topic& topic) {
    const auto ended = process::run({"/proc/self/exe", what, database.url(), topic.name()}, {}, {}, 30min);
    fmt::print("{}", ended.out);
    fmt::print(stderr, "{}", ended.err);
    return rate_in(ended.out);
  };
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    const sandbox::Topic plain{"plain", 3, "retention.ms=-1"}, moved{"moved", 3, "retention.ms=-1"};
    double theirs = 0, ours = 0;
    if (i % 2 == 1) ours = run("mover", moved);  // in turns: the disk still writes what the one before has left in memory
    theirs = run("plain", plain);
    if (i % 2 == 0) ours = run("mover", moved);
    ratios.push_back(ours / theirs);
    if (i + 1 < rounds) continue;
    run("reconcile", moved);
    run("replay", moved);  // the table's own events: reading and recognising them
  }
  std::sort(ratios.begin(), ratios.end());
  fmt::print("{{\"bench\":\"mover_to_plain\",\"median_ratio\":{:.2f},\"rounds\":{}}}\n", ratios[ratios.size() / 2], ratios.size());
  return 0;
}
