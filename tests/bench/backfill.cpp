// bench_backfill [ROWS] [ROUNDS]: the Mover against the plain loop on the same table and a producer that has as many rows in memory, in
// turns, then reconcile and replay; a JSON line each, and the ratios. Each runs in a process of its own, so that CPU time and resident
// memory are its own.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <vector>

#include "cart_rows.hpp"
#include "core/memory.hpp"
#include "core/text.hpp"
#include "plain_loop.hpp"
#include "sql/queries.hpp"
#include "support/cart_events.hpp"
#include "support/journal_tables.hpp"
#include "support/process.hpp"
#include "support/quiet.hpp"
#include "support/sandbox.hpp"
#include "transfer/transfer.hpp"
#include "usage.hpp"

namespace {

using namespace std::chrono_literals;

/// One measurement, in this process.
int measure(const std::string& what, const std::string& database_url, const std::string& topic, std::int64_t made) {
  if (what != "plain" && what != "raw") ctl::keep_freed_memory();  // as mykartctl's main() does
  Quiet quiet;
  ctl::kafka::Settings kafka{sandbox::brokers(), {}, {}, ""};
  if (what == "raw") kafka.properties["queue.buffering.max.messages"] = "100000";  // as producers are commonly tuned
  const ctl::postgres::Target postgres{database_url, {}, "bench", ""};
  const auto table = shop::cart_events(topic);
  const ctl::Deadline until{30min, {}};
  const auto begin = std::chrono::steady_clock::now();
  long rows = 0;
  if (what == "plain") rows = plain_loop(database_url, sandbox::brokers(), topic);
  if (what == "raw") write_rows(kafka, topic, rows = made, quiet, until);
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
  if (argc == 5) return measure(argv[1], argv[2], argv[3], ctl::parse_integer(argv[4]).value_or(0));
  const auto rows = static_cast<int>(argc > 1 ? ctl::parse_integer(argv[1]).value_or(0) : 2'000'000);
  const auto rounds = argc > 2 ? ctl::parse_integer(argv[2]).value_or(1) : 3;
  const sandbox::Database database{"bench"};
  database.run(shop::tables + journal_tables());
  database.run(shop::insert_events(rows));
  database.run("vacuum analyze cart_events");
  database.run("checkpoint");
  const auto run = [&](const std::string& what, const sandbox::Topic& topic) {
    const auto ended = process::run({"/proc/self/exe", what, database.url(), topic.name(), std::to_string(rows)}, {}, {}, 30min);
    fmt::print("{}", ended.out);
    fmt::print(stderr, "{}", ended.err);
    return rate_in(ended.out);
  };
  std::vector<double> to_plain, to_raw;
  for (int i = 0; i < rounds; ++i) {
    const sandbox::Topic moved{"moved", 3, "retention.ms=-1"};
    std::map<std::string, double> rate;
    std::array<std::string, 3> turns{"plain", "mover", "raw"};  // in turns: the disk still writes what the one before has left in memory
    std::rotate(turns.begin(), turns.begin() + i % 3, turns.end());
    for (const auto& what : turns) rate[what] = what == "mover" ? run(what, moved) : run(what, sandbox::Topic{what, 3, "retention.ms=-1"});
    to_plain.push_back(rate["mover"] / rate["plain"]);
    to_raw.push_back(rate["mover"] / rate["raw"]);
    if (i + 1 < rounds) continue;
    run("reconcile", moved);
    run("replay", moved);  // the table's own events: reading and recognising them
  }
  fmt::print("{{\"bench\":\"mover_ratios\",\"rounds\":{},\"to_plain\":{:.2f},\"to_raw\":{:.2f}}}\n", rounds, median(to_plain),
             median(to_raw));
  return 0;
}
